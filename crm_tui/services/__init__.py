"""What the CRM does: one module per noun, the only door to the store.

Every function takes the actor first and asks a policy before anything else; nothing is returned or
changed that the actor may not see or change. Results are frozen dataclasses of `crm_tui.domain`.
"""
