"""Settings: environment first, then `.env`, then `quarterdeck.toml`; every secret also as `NAME_FILE`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import BadSetting

SECRETS: tuple[str, ...] = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "OPENAI_API_KEY",
    "QUARTERDECK_KEY",
    "SALESFORCE_CLIENT_SECRET",
    "SALESFORCE_PRIVATE_KEY",
    "SALESFORCE_PASSWORD",
    "SALESFORCE_SECURITY_TOKEN",
    "SALESFORCE_SESSION_ID",
)
NAMES: tuple[str, ...] = (
    *SECRETS,
    "SLACK_API_URL",
    "OPENAI_BASE_URL",
    "QUARTERDECK_MODEL",
    "QUARTERDECK_MODEL_SMALL",
    "QUARTERDECK_MODEL_API",
    "QUARTERDECK_CRM",
    "QUARTERDECK_HOME",
    "QUARTERDECK_DATABASE_URL",
    "QUARTERDECK_PUBLIC_URL",
    "QUARTERDECK_CHANNELS",
    "QUARTERDECK_COMMAND",
    "QUARTERDECK_WRITES",
    "QUARTERDECK_WATCH",
    "QUARTERDECK_SYNC_MINUTES",
    "SALESFORCE_AUTH",
    "SALESFORCE_DOMAIN",
    "SALESFORCE_CLIENT_ID",
    "SALESFORCE_USERNAME",
    "SALESFORCE_INSTANCE_URL",
    "SALESFORCE_API_VERSION",
    "SALESFORCE_RIGHTS",
    "SALESFORCE_RIGHTS_MINUTES",
)
CRMS: tuple[str, ...] = ("demo", "files", "salesforce")

Writes = Literal["off", "propose", "on"]
ModelApi = Literal["responses", "chat"]
# The model that reads where none is named.
SMALL_MODEL = "gpt-6-luna"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where Quarterdeck keeps its state and what it is connected to. Secrets are never shown by `repr`."""

    home: Path
    crm: str = "demo"
    workspace: str = "local"
    writes: Writes = "off"
    values: Mapping[str, str]

    def __repr__(self) -> str:
        """Name what is set without showing any value of it."""
        return f"Settings(home={str(self.home)!r}, crm={self.crm!r}, set={sorted(self.values)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """A language model: its server (None for OpenAI's own), the key, the API, who reads, and who words (None: templates)."""

    key: str
    base_url: str | None
    api: ModelApi
    reader: str
    writer: str | None

    def __repr__(self) -> str:
        """Name everything but the key."""
        return f"ModelSettings(base_url={self.base_url!r}, api={self.api!r}, reader={self.reader!r}, writer={self.writer!r})"


def model_settings(settings: Settings) -> ModelSettings | None:
    """Return the language model of an installation; None where there is neither a key nor an address of a server.

    Raises:
        BadSetting: the API is none that is spoken.
    """
    values = settings.values
    key, base_url = values.get("OPENAI_API_KEY"), values.get("OPENAI_BASE_URL")
    if not key and not base_url:
        return None
    # Servers that are compatible with OpenAI's speak its older API, and most of them only that.
    named = values.get("QUARTERDECK_MODEL_API") or ("chat" if base_url else "responses")
    match named:
        case "responses" | "chat":
            api: ModelApi = named
        case _:
            message = f"QUARTERDECK_MODEL_API is {named!r}; use responses or chat"
            raise BadSetting(message)
    writer = values.get("QUARTERDECK_MODEL")
    return ModelSettings(
        key=key or "none",
        base_url=base_url,
        api=api,
        reader=values.get("QUARTERDECK_MODEL_SMALL") or writer or SMALL_MODEL,
        writer=writer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsSettings:
    """Whose rights count: `people` says that the CRM is asked for everybody's own, which then hold for so many minutes."""

    people: bool
    minutes: int


def rights_settings(settings: Settings) -> RightsSettings:
    """Return whose rights count: everybody's own where persons can sign in to the CRM, else what the company file declares.

    Raises:
        BadSetting: a value is none that is known, or something is missing for persons to sign in.
    """
    values = settings.values
    named, minutes = values.get("SALESFORCE_RIGHTS"), values.get("SALESFORCE_RIGHTS_MINUTES", "60")
    if named not in {None, "people", "declared"}:
        message = f"SALESFORCE_RIGHTS is {named!r}; use people or declared"
        raise BadSetting(message)
    if not (minutes.isascii() and minutes.isdigit() and int(minutes)):
        message = f"SALESFORCE_RIGHTS_MINUTES is {minutes!r}; use a whole number of minutes like 60"
        raise BadSetting(message)
    missing = [name for name in ("QUARTERDECK_KEY", "SALESFORCE_CLIENT_ID") if not values.get(name)]
    if settings.crm == "salesforce" and named == "people" and missing:
        message = (
            f"SALESFORCE_RIGHTS is people, and for persons to sign in {' and '.join(missing)} must be set"
        )
        raise BadSetting(message)
    people = named != "declared" and not (settings.crm == "salesforce" and missing)
    return RightsSettings(people=people, minutes=int(minutes))


def read_settings(environ: Mapping[str, str], *, folder: Path, home: Path | None = None) -> Settings:
    """Return the settings from `environ`, `folder/.env` and `folder/quarterdeck.toml`; `home` overrules all three.

    Where no CRM is named it is `files` as soon as an export was imported into the home, else `demo`.

    Raises:
        BadSetting: a value cannot be used, or a file that a `NAME_FILE` points to cannot be read.
    """
    merged = {**_toml(folder / "quarterdeck.toml"), **_dotenv(folder / ".env"), **environ}
    values = {name: merged[name] for name in NAMES if merged.get(name)}
    for name in SECRETS:
        if name not in values and merged.get(f"{name}_FILE"):
            values[name] = _secret(name, Path(merged[f"{name}_FILE"]))
    writes = values.get("QUARTERDECK_WRITES", "off")
    match writes:
        case "off" | "propose" | "on":
            allowed: Writes = writes
        case _:
            message = f"QUARTERDECK_WRITES is {writes!r}; use off, propose or on"
            raise BadSetting(message)
    here = home or Path(values.get("QUARTERDECK_HOME", folder / ".quarterdeck")).expanduser()
    crm = values.get("QUARTERDECK_CRM") or (
        "files" if (here / "files" / "snapshots.json").is_file() else "demo"
    )
    settings = Settings(
        home=here,
        crm=crm,
        # Two systems of record never share a mirror, and the invented company's stays where it is.
        workspace="local" if crm == "demo" else crm,
        writes=allowed,
        values=values,
    )
    model_settings(settings)
    rights_settings(settings)
    return settings


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _toml(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name} is not valid TOML: {error}"
        raise BadSetting(message) from error
    unknown = [name for name in raw if name not in NAMES and not name.endswith("_FILE")]
    if unknown:
        message = f"{path.name} sets {unknown[0]!r}, which is not a setting; known: {', '.join(NAMES)}"
        raise BadSetting(message)
    return {name: str(value) for name, value in raw.items()}


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{name}_FILE points to {str(path)!r}, which cannot be read: {error.__class__.__name__}"
        raise BadSetting(message) from error
