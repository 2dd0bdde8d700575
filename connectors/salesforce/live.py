"""The calls that a write needs, as one person: a record right now, one guarded change, one new record, and finding it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, cast

from connectors.errors import TryLater
from connectors.salesforce import shapes, soql
from connectors.salesforce.errors import OutcomeUnknown
from connectors.salesforce.values import Sent, held

if TYPE_CHECKING:
    from requests import Response
    from simple_salesforce.api import Salesforce

    from connectors.salesforce.session import OrgSession
    from connectors.salesforce.shapes import Shape
    from connectors.writes import Value

CHANGED: Final = "LastModifiedDate"
_CHANGER: Final = "LastModifiedById"
# No assignment rule gives a record to somebody else, so that whoever made it can find it again.
_HEADERS: Final = {"Accept": "application/json", "Sforce-Auto-Assign": "FALSE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A record as it was read: its values by field, when and by whom it was changed last, and the org's own clock.

    Both instants are to the second.
    """

    values: Mapping[str, Value]
    changed: datetime
    by: str
    at: datetime


class Live:
    """An org as one person sees it now. Each call raises what `connectors.errors` has for what Salesforce says."""

    def __init__(self, client: Salesforce) -> None:
        """Speak through this client, whose session is ours and signed in as that person."""
        self._client = client
        self._session = cast("OrgSession", client.session)

    def shape(self, name: str) -> Shape:
        """Return an object as this person sees it."""
        return shapes.shape(getattr(self._client, name).describe())

    def read(self, shape: Shape, record_id: str, names: Iterable[str]) -> Standing:
        """Return what these fields of a record hold, asked by its id, so that no index is behind."""
        wanted = [name for name in dict.fromkeys(names) if shape.field(name) is not None]
        answer = self._session.get(
            self._address(shape.name, record_id),
            params={"fields": ",".join(map(soql.name, ["Id", CHANGED, _CHANGER, *wanted]))},
            headers=_HEADERS,
        )
        told = _json(answer)
        fields = {name: field for name in wanted if (field := shape.field(name)) is not None}
        return Standing(
            values={name: held(field, told.get(field.name)) for name, field in fields.items()},
            changed=datetime.fromisoformat(told[CHANGED]).astimezone(UTC),
            by=str(told.get(_CHANGER) or ""),
            at=_clock(answer),
        )

    def change(
        self, name: str, record_id: str, values: Mapping[str, Sent], *, unless_after: datetime
    ) -> datetime:
        """Change a record by one request, unless it was changed after that second; return the org's clock afterwards.

        Raises:
            OutcomeUnknown: the answer was lost.
        """
        guard = {"If-Unmodified-Since": format_datetime(unless_after.astimezone(UTC), usegmt=True)}
        return _clock(
            self._session.patch(self._address(name, record_id), json=dict(values), headers=_HEADERS | guard)
        )

    def create(self, name: str, values: Mapping[str, Sent]) -> str:
        """Create a record and return its id.

        Raises:
            OutcomeUnknown: the answer was lost.
        """
        answer = self._session.post(self._address(name), json=dict(values), headers=_HEADERS)
        try:
            return str(_json(answer)["id"])
        except (TryLater, KeyError) as error:
            raise OutcomeUnknown(
                f"Salesforce's answer to a new {name} broke off, so nobody knows its id: look for it"
            ) from error

    def mentioning(
        self, name: str, reference: str, *, text: str, parent: tuple[str, str], since: datetime
    ) -> str | None:
        """Return the record of a parent, made since then, whose text holds the reference; None where there is none."""
        field, parent_id = parent
        query = soql.select(
            ("Id", text),
            name,
            where=(soql.compare(field, "=", parent_id), soql.compare("CreatedDate", ">=", since)),
            order=("CreatedDate", "Id"),
        )
        for row in self._client.query_all_iter(query):
            if reference in (row[text] or ""):
                return str(row["Id"])
        return None

    def _address(self, name: str, record_id: str = "") -> str:
        return f"{self._client.base_url}sobjects/{soql.name(name)}/{record_id}"


def _json(answer: Response) -> Any:
    try:
        return answer.json(parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        raise TryLater("Salesforce's answer broke off: ask for the same again") from None


def _clock(answer: Response) -> datetime:
    stamp = answer.headers.get("Date")
    return parsedate_to_datetime(stamp).astimezone(UTC) if stamp else datetime.now(UTC)
