"""A colleague plans a call for this agent: it appears at once, and a notice says so without taking keys."""

from crm_tui.bootstrap import open_services
from crm_tui.config import Config
from screens.activity_list import ActivityListScreen
from tests.screens.conftest import Console, Sample


async def test_a_call_that_a_colleague_plans_for_me(console: Console, config: Config, sample: Sample) -> None:
    await console.until_on(ActivityListScreen)
    mine = console.app.actor
    await console.press("slash", "T")
    services = await open_services(config)
    try:
        await services.users.add(mine, {"name": "suzuki", "profile": "agent", "full_name": "鈴木 一郎"})
        colleague = await services.users.sign_in("suzuki")
        values = {"subject": "Take over", "who": sample.taro.ref, "starts_at": "tomorrow 14:00"}
        await services.calls.schedule(colleague, {**values, "owner": mine.user})
        await console.until_shown("鈴木 一郎 scheduled a call for you: Take over")
        await console.until_shown("C  Call   Take over")
        await console.press("a", "k")
        await console.until_shown(" Tak")

        task = (await services.tasks.create(colleague, {"subject": "Take this"})).record
        await services.tasks.update(colleague, task.id, {"owner": mine.user})
        await console.until_shown("gave you this to do: Take this")
    finally:
        await services.close()
