"""People press buttons, choose, fill in modals, open the Home tab and use shortcuts."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.api.views import new_modal, push_modal, replace_view
from tests.fakes.slack.check import checked_view
from tests.fakes.slack.delivery import Ack, Sent
from tests.fakes.slack.driver.base import Base, CannotDo, What, Where, Who
from tests.fakes.slack.driver.controls import chosen, elements, empty, entered, pressed, untouched
from tests.fakes.slack.payloads import event, interaction, response_url
from tests.fakes.slack.seen import Seen
from tests.fakes.slack.shapes import Ephemeral, Json, Message, Refused, User, View
from tests.fakes.slack.wire import channel_json, ephemeral_json, message_json, view_json


class Handling(Base):
    """What people do with the things that the bot put before them."""

    def click(self, who: Who, what: What | View, button: str, *, value: str | None = None) -> Ack:
        """Press a button of a message, a note, a modal or the Home tab, by its action_id or its text."""
        user = self.person(who)
        with self.world.changed:
            shown = self._shown(user, what)
            sent = self._block_actions(user, shown, pressed(_blocks(shown), user, button, value))
        return self.tell(sent)[0]

    def select(self, who: Who, what: What | View, element: str, value: Any) -> Ack:
        """Choose an option (by its text or value), a date or a person in an element, by action_id or placeholder."""
        user = self.person(who)
        with self.world.changed:
            shown = self._shown(user, what)
            action = chosen(_blocks(shown), element, value)
            state = {name: inner for name, inner in action.items() if name not in {"action_id", "block_id"}}
            self._kept(user, shown)[action["block_id"], action["action_id"]] = state
            sent = self._block_actions(user, shown, action)
        return self.tell(sent)[0]

    def submit(self, who: Who, what: What | View, values: dict[str, Any] | None = None) -> Ack:
        """Fill in a modal by action_id and send it; then Slack does what the bot's answer says."""
        user = self.person(who)
        with self.world.changed:
            view = self._open(user, what)
            state = self._state(user, view, values or {}, whole=True)
            body = view_json(view) | {"state": {"values": state}}
            sent = interaction(self.world, "view_submission", user, over=view.id, view=body, response_urls=[])
        (ack,) = self.tell(sent)
        if ack.ok:
            with self.world.changed:
                self._after_submit(user, view, ack.json)
                self.world.changed.notify_all()
        return ack

    def close_view(self, who: Who, what: What | View | None = None) -> Ack | None:
        """Close the open modal; the bot hears of it where the modal asked for that."""
        user = self.person(who)
        with self.world.changed:
            view = self._open(user, what)
            self.world.stacks[user.id] = self.world.stacks[user.id][:-1]
            body = view_json(view)
            sent = interaction(self.world, "view_closed", user, view=body, is_cleared=False)
            sent.payload.pop("trigger_id")
        return self.tell(sent)[0] if view.body.get("notify_on_close") else None

    def open_home(self, who: Who, tab: str = "home", context: Where | None = None) -> None:
        """Open the app: its Home tab, or the chat with it."""
        user = self.person(who)
        channel = self.im_with(user)
        with self.world.changed:
            body: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
            if tab == "home" and user.id in self.world.homes:
                body["view"] = view_json(self.world.homes[user.id])
            if context is not None:
                place = {"type": "slack#/types/channel_id", "value": self.channel(context).id}
                body["context"] = {"entities": [place]}
            items = [event(self.world, body, channel)] if self.subscribed("app_home_opened") else []
        self.tell(*items)

    def shortcut(self, who: Who, what: What | None, callback_id: str) -> Ack:
        """Use a shortcut on a message, or a global one where there is no message."""
        user = self.person(who)
        with self.world.changed:
            if what is None:
                sent = interaction(
                    self.world, "shortcut", user, callback_id=callback_id, action_ts=self.world.stamp()
                )
            else:
                message = self.current(user, what)
                if isinstance(message, Ephemeral):
                    raise CannotDo("a note that only one person sees has no shortcuts")
                sent = self._on_message(user, message, callback_id)
        return self.tell(sent)[0]

    def _on_message(self, user: User, message: Message, callback_id: str) -> Sent:
        channel = self.world.channels[message.channel]
        return interaction(
            self.world,
            "message_action",
            user,
            callback_id=callback_id,
            action_ts=self.world.stamp(),
            message_ts=message.ts,
            channel={"id": channel.id, "name": channel.name or "directmessage"},
            message=message_json(self.world, message),
            response_url=response_url(self.world, channel.id, user.id, thread_ts=message.thread_ts),
        )

    def _shown(self, user: User, what: What | View) -> Message | Ephemeral | View:
        view = what.view if isinstance(what, Seen) else what if isinstance(what, View) else None
        if view is None:
            if isinstance(what, View):
                raise TypeError(what)
            return self.current(user, what)
        if view.kind == "modal":
            return self._open(user, view)
        home = self.world.homes.get(user.id)
        if home is None or home.id != view.id:
            raise CannotDo(f"{user.name} has no such Home tab")
        return home

    def _open(self, user: User, what: What | View | None) -> View:
        view = what.view if isinstance(what, Seen) else what if isinstance(what, View) else None
        stack = self.world.stacks.get(user.id, ())
        if not stack or (view is not None and view.id != stack[-1]):
            raise CannotDo(f"{user.name} has no such modal open")
        return self.world.views[stack[-1]]

    def _kept(self, user: User, shown: Message | Ephemeral | View) -> dict[tuple[str, str], Json]:
        where = shown.id if isinstance(shown, View) else f"{shown.channel}/{shown.ts}"
        return self.world.choices.setdefault((user.id, where), {})

    def _state(
        self, user: User, shown: Message | Ephemeral | View, values: dict[str, Any], *, whole: bool = False
    ) -> Json:
        left, kept, state = dict(values), self._kept(user, shown), {}
        optional = {block.get("block_id") for block in _blocks(shown) if block.get("optional")}
        inputs = {block.get("block_id") for block in _blocks(shown) if block["type"] == "input"}
        for block_id, element in elements(_blocks(shown)):
            name = element.get("action_id", "")
            if element["type"] in {
                "button",
                "overflow",
                "icon_button",
                "workflow_button",
                "feedback_buttons",
            }:
                continue
            found = (
                entered(element, left.pop(name))
                if name in left
                else kept.get((block_id, name), untouched(element))
            )
            if whole and empty(found) and block_id in inputs - optional:
                raise CannotDo(f"{name!r} must be filled in")
            state.setdefault(block_id, {})[name] = found
        if left:
            raise CannotDo(f"there is nothing to fill in called {', '.join(left)}; there are: {state}")
        return state

    def _block_actions(self, user: User, shown: Message | Ephemeral | View, action: Json) -> Sent:
        state = {"values": self._state(user, shown, {})}
        fields: Json = {"actions": [{**action, "action_ts": self.world.stamp()}], "state": state}
        if isinstance(shown, View):
            fields["container"] = {"type": "view", "view_id": shown.id}
            fields["view"] = view_json(shown) | {"state": state}
            return interaction(self.world, "block_actions", user, over=shown.id, **fields)
        channel = self.world.channels[shown.channel]
        alone = isinstance(shown, Ephemeral)
        container = {
            "type": "message",
            "message_ts": shown.ts,
            "channel_id": channel.id,
            "is_ephemeral": alone,
        }
        fields["container"] = container | ({"thread_ts": shown.thread_ts} if shown.thread_ts else {})
        fields["channel"] = {"id": channel.id, "name": channel_json(channel).get("name", "directmessage")}
        fields["message"] = (
            ephemeral_json(shown) if isinstance(shown, Ephemeral) else message_json(self.world, shown)
        )
        fields["response_url"] = response_url(self.world, channel.id, user.id, shown.ts, shown.thread_ts)
        return interaction(self.world, "block_actions", user, **fields)

    def _after_submit(self, user: User, view: View, answer: Json) -> None:
        stack = self.world.stacks.get(user.id, ())
        match answer.get("response_action"):
            case None:
                if answer:
                    raise AssertionError(f"Slack does not understand the answer {answer!r} to a modal")
                self.world.stacks[user.id] = tuple(key for key in stack if key != view.id)
            case "clear":
                self.world.stacks[user.id] = ()
            case "errors":
                inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
                unknown = set(answer.get("errors") or {"nothing": ""}) - inputs
                if unknown:
                    raise AssertionError(
                        f"errors name blocks that are no inputs: {', '.join(sorted(unknown))}"
                    )
            case "update" | "push" as action:
                self._show(user, view, action, answer.get("view"))
            case other:
                raise AssertionError(f"Slack knows no response_action {other!r}")

    def _show(self, user: User, view: View, action: str, given: Any) -> None:
        try:
            body = checked_view(given, self.world.files, kind="modal")
            if action == "push":
                push_modal(self.world, user.id, body)
            elif view.id in self.world.stacks.get(user.id, ()):
                replace_view(self.world, view, body)
            else:
                new_modal(self.world, user.id, body)
        except Refused as refusal:
            raise AssertionError(f"Slack refuses the modal: {refusal.body}") from refusal


def _blocks(shown: Message | Ephemeral | View) -> Any:
    return shown.body["blocks"] if isinstance(shown, View) else shown.blocks
