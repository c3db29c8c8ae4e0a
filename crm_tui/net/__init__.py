"""Lines to servers elsewhere: addresses are checked before anything is connected to, certificates always."""
