"""Reading files from elsewhere: tables, workbooks, archives, address cards and calendars.

A file is opened by this program, which makes sure that it is one, and read by a process of its own with
limits on memory and time: whatever is in it, the console lives on. `inspect` says what it is, `rows` and
`items` bring what it holds, a chunk at a time.
"""
