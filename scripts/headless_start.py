"""Start the installed console without a terminal, walk through every module, and quit.

Usage: ``python -I headless_start.py``, with a store that exists. It says which files it ran from, so that
nobody mistakes the source tree for the package.
"""

import asyncio
import sys
from pathlib import Path

TIMEOUT = 60.0
"""Seconds until a console that never shows anything is given up."""


async def walk() -> list[str]:
    """Return the names of the modules that showed their list."""
    from crm_tui.app import CrmApp
    from crm_tui.config import load_config

    app = CrmApp(load_config())
    shown = []
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.visible_modules and app.is_running:
            await pilot.pause()
        for number, entry in enumerate(app.visible_modules, 1):
            await pilot.press(str(number % 10))
            await app.workers.wait_for_complete()
            await pilot.pause()
            shown.append(entry.name)
    if app.return_code:
        raise SystemExit(f"the console ended with {app.return_code}")
    return shown


def main() -> int:
    """Run the walk; return the exit status."""
    from crm_tui import environment

    environment.prepare()
    import crm_tui
    import screens

    shown = asyncio.run(asyncio.wait_for(walk(), TIMEOUT))
    places = {str(Path(module.__file__ or "").parent.parent) for module in (crm_tui, screens)}
    print(f"headless console from {', '.join(sorted(places))}: {', '.join(shown)}")
    return 0 if places == {str(environment.ROOT)} and Path(sys.prefix) in environment.ROOT.parents else 1


if __name__ == "__main__":
    sys.exit(main())
