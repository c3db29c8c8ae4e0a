"""``python -m crm_tui``; the console script ``crm-tui`` is the better way, see docs/command-line.md."""

from crm_tui.cli import main

if __name__ == "__main__":
    main()
