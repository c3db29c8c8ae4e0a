"""What the CRM is about: records, fields, rules. Pure; nothing here reads or writes."""
