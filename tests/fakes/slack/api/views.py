"""views.*: modals, and a person's Home tab."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.slack.check import checked_view
from tests.fakes.slack.methods import Args, method
from tests.fakes.slack.shapes import Json, Refused, View
from tests.fakes.slack.wire import view_json
from tests.fakes.slack.world import World

TRIGGER_LIFE = 3.0  # seconds
DEEPEST = 3


@method("views.publish")
def publish(world: World, args: Args) -> Json:
    """Put up a person's Home tab."""
    user = world.user(args.text("user_id"))
    if user.is_bot or user.deleted:
        raise Refused("invalid_arguments", f"user_id {user.id!r} has no Home tab")
    body = checked_view(args.data("view"), world.files, kind="home")
    before = world.homes.get(user.id)
    if args.has("hash") and (before is None or before.hash != args.text("hash")):
        raise Refused("hash_conflict")
    key = before.id if before else world.key("V")
    view = View(
        id=key,
        user=user.id,
        kind="home",
        body=_named(world, body),
        hash=world.key("h"),
        root=key,
        at=world.now(),
    )
    world.homes[user.id] = world.views[key] = view
    world.past_views.append(view)
    return {"ok": True, "view": view_json(view)}


@method("views.open")
def open_view(world: World, args: Args) -> Json:
    """Open a modal for whoever just did something."""
    body = checked_view(args.data("view"), world.files, kind="modal")
    user, _ = _exchange(world, args)
    return {"ok": True, "view": view_json(new_modal(world, user, body))}


@method("views.push")
def push(world: World, args: Args) -> Json:
    """Put a modal over the one in which somebody just did something."""
    body = checked_view(args.data("view"), world.files, kind="modal")
    user, below = _exchange(world, args)
    if below is None or below not in world.stacks.get(user, ()):
        raise Refused("not_found")
    return {"ok": True, "view": view_json(push_modal(world, user, body))}


@method("views.update")
def update(world: World, args: Args) -> Json:
    """Replace what an open modal shows."""
    key = args.maybe("view_id")
    if key is None:
        wanted = args.text("external_id")
        key = next((one.id for one in world.views.values() if one.body.get("external_id") == wanted), "")
    view = world.views.get(key)
    if view is None or (view.kind == "modal" and key not in world.stacks.get(view.user, ())):
        raise Refused("not_found")
    if args.has("hash") and args.text("hash") != view.hash:
        raise Refused("hash_conflict")
    body = checked_view(args.data("view"), world.files, kind=view.kind)
    return {"ok": True, "view": view_json(replace_view(world, view, body))}


def new_modal(world: World, user: str, body: Json) -> View:
    """Open a modal with nothing below it; what was open is gone."""
    world.stacks[user] = ()
    return push_modal(world, user, body)


def push_modal(world: World, user: str, body: Json) -> View:
    """Put a modal over the open one.

    Raises:
        Refused: push_limit_reached, duplicate_external_id.
    """
    stack = world.stacks.get(user, ())
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    mark = body.get("external_id")
    if mark and any(one.body.get("external_id") == mark for one in world.views.values()):
        raise Refused("duplicate_external_id")
    key = world.key("V")
    view = View(
        id=key,
        user=user,
        kind="modal",
        body=_named(world, body),
        hash=world.key("h"),
        root=stack[0] if stack else key,
        at=world.now(),
        previous=stack[-1] if stack else None,
    )
    world.views[key] = view
    world.stacks[user] = (*stack, key)
    world.past_views.append(view)
    return view


def replace_view(world: World, view: View, body: Json) -> View:
    """Show something else in a view that is up."""
    view = replace(view, body=_named(world, body), hash=world.key("h"), at=world.now())
    world.views[view.id] = view
    if view.kind == "home":
        world.homes[view.user] = view
    world.past_views.append(view)
    return view


def _named(world: World, body: Json) -> Json:
    return {**body, "blocks": list(world.named(tuple(body["blocks"])))}


def _exchange(world: World, args: Args) -> tuple[str, str | None]:
    trigger = world.triggers.get(args.text("trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if world.now() - trigger.at > TRIGGER_LIFE:
        raise Refused("expired_trigger_id")
    world.triggers[trigger.id] = replace(trigger, used=True)
    return trigger.user, trigger.view
