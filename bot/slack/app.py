"""The Slack app: settings and an open installation → a Bolt app with its desk, ready to be served either way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import sleep

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import flows
from bot.agent.answers.asking import Asker
from bot.agent.turn import understand
from bot.errors import BadSetting
from bot.runs.ports import Runs
from bot.settings import Settings
from bot.slack.desk import Desk
from bot.slack.features import FEATURES
from bot.slack.files import Files
from bot.slack.handlers import EVERY_MINUTE, NIGHTLY, TICK, TIDY, failed, handlers
from bot.slack.listeners import register
from bot.slack.manifest import granted, hears_threads
from bot.slack.people import Directory
from bot.slack.places import Places
from bot.slack.poster import Poster
from bot.slack.sessions import Sessions
from bot.wiring import Installation
from connectors.errors import ConnectorError
from connectors.protocol import Connecting
from reports.errors import ReportError
from reports.kinds import KINDS

_log = logging.getLogger("quarterdeck")

SLACK = "https://slack.com/api/"
COMMAND = "/sales"
# Threads that only acknowledge and keep; the work has its own.
_LISTENERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A Bolt app and the desk behind it."""

    app: App
    desk: Desk

    def start(self) -> None:
        """Begin to do work, and take up what was left undone."""
        self.desk.runs.start(handlers(self.desk), failed(self.desk))
        self.desk.runs.every(TIDY, NIGHTLY, zone=self.desk.line.company.zone.key, kind=TIDY)
        self.desk.runs.every(TICK, EVERY_MINUTE, zone="UTC", kind=TICK)

    def warm(self) -> None:
        """Do once, for nobody, what the first question would otherwise wait for; what goes wrong is left to that question."""
        line = self.desk.line
        try:
            understand(line, "pipeline", thread_id="warm", asker=Asker(name=""))
            flows.build(line, KINDS["weekly"].spec(period="this-quarter"))
        except (ReportError, ConnectorError) as error:
            _log.info("nothing to warm up on: %s", type(error).__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def build(
    installation: Installation,
    runs: Runs,
    *,
    clock: Callable[[], datetime] = _now,
    pause: Callable[[float], None] = sleep,
    pretend: bool | None = None,
) -> Served:
    """Return the app of an installation, signed in to Slack.

    `clock` and `pause` are the wall's; `pretend` lets people choose who they are, None where the company is invented.

    Raises:
        BadSetting: no token, or one that Slack does not take; the message says which setting and what to do.
        OSError: Slack cannot be reached.
    """
    settings = installation.settings
    token = required(settings, "SLACK_BOT_TOKEN", "the Bot User OAuth Token of your app (xoxb-…)")
    client = WebClient(token=token, base_url=settings.values.get("SLACK_API_URL", SLACK), retry_handlers=[])
    try:
        told = client.auth_test()
    except SlackApiError as error:
        message = f"Slack does not take SLACK_BOT_TOKEN ({error.response.get('error')}); copy it anew from your app's page"
        raise BadSetting(message) from error
    team, bot = str(told["team_id"]), str(told["user_id"])
    who = AuthorizeResult.from_auth_test_response(auth_test_response=told, bot_token=token)
    _hush()
    app = App(
        client=client,
        signing_secret=settings.values.get("SLACK_SIGNING_SECRET", ""),
        authorize=lambda **_: who,
        # Listeners only keep what they hear. Slack is told so when it is kept, not before: what is acknowledged is not lost.
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(max_workers=_LISTENERS, thread_name_prefix="listen"),
        request_verification_enabled="SLACK_APP_TOKEN" not in settings.values,
    )
    demo = settings.crm == "demo" if pretend is None else pretend
    desk = desk_of(installation, runs, client, team=team, bot=bot, clock=clock, pause=pause, demo=demo)
    desk = replace(desk, hears=hears_threads(granted(told.headers)))
    register(app, desk)
    return Served(app=app, desk=desk)


def required(settings: Settings, name: str, what: str) -> str:
    """Return a setting.

    Raises:
        BadSetting: it is not there; the message says what belongs there.
    """
    value = settings.values.get(name)
    if not value:
        message = f"{name} is not set: {what}. docs/slack.md shows where to find it"
        raise BadSetting(message)
    return value


def desk_of(
    installation: Installation,
    runs: Runs,
    client: WebClient,
    *,
    team: str,
    bot: str,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    demo: bool,
) -> Desk:
    """Return the desk of an installation behind a client that is signed in as `bot` of `team`."""
    line = installation.line()
    settings = installation.settings
    notes = line.store.notes
    poster, seeing = Poster(client, pause=pause), installation.seeing
    directory = Directory(
        poster,
        notes,
        workspace=line.workspace,
        team=team,
        company=line.company,
        people=line.crm.people,
        now=clock,
        seeing=seeing,
    )
    return Desk(
        workspace=line.workspace,
        bot=bot,
        command=settings.values.get("QUARTERDECK_COMMAND", COMMAND),
        line=line,
        notes=notes,
        directory=directory,
        places=Places(
            poster,
            directory,
            notes,
            workspace=line.workspace,
            team=team,
            company=line.company,
            bot=bot,
            allowed=channels(settings.values.get("QUARTERDECK_CHANNELS", "")),
        ),
        poster=poster,
        files=Files(poster, pause=pause),
        sessions=Sessions(client),
        runs=runs,
        clock=clock,
        demo=demo,
        watched=installation.watched(),
        syncing=installation.syncing(),
        connecting=seeing if isinstance(seeing, Connecting) else None,
        executor=installation.executor(clock),
        forget_writes=installation.forget_writes,
        features=FEATURES,
    )


def _hush() -> None:
    """Keep the libraries from logging what they send and hear: tokens, messages, and with them the CRM's words."""
    for name in ("slack_sdk", "slack_sdk.web.base_client", "slack_bolt", "slack_bolt.App"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Bolt gives its own logger the root's level when an app is made.
    logging.getLogger("slack_bolt.App").addFilter(_is_an_error)


def _is_an_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def channels(text: str) -> frozenset[str]:
    """Return the channels of a list like `#sales-leadership, C0123`: names without #, and ids."""
    return frozenset(part.strip().removeprefix("#") for part in text.split(",") if part.strip())
