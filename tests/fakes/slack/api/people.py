"""users.*: who is who."""

from __future__ import annotations

from tests.fakes.slack.methods import Args, method, page
from tests.fakes.slack.shapes import Json, Refused
from tests.fakes.slack.wire import user_json
from tests.fakes.slack.world import World


def _may_read_email(args: Args) -> bool:
    return args.scopes is None or "users:read.email" in args.scopes


@method("users.info", "users:read")
def info(world: World, args: Args) -> Json:
    """Return one person."""
    user = world.user(args.text("user"))
    return {"ok": True, "user": user_json(world, user, with_email=_may_read_email(args))}


@method("users.list", "users:read")
def listing(world: World, args: Args) -> Json:
    """Return everybody, a page at a time; people of other companies are not listed."""
    rows, cursor = page(args, [user for user in world.users.values() if not user.is_stranger], 200)
    found = [user_json(world, user, with_email=_may_read_email(args)) for user in rows]
    return {"ok": True, "members": found, "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email")
def by_email(world: World, args: Args) -> Json:
    """Return the person with an address, neither deactivated nor of another company."""
    wanted = args.text("email").casefold()
    for user in world.users.values():
        if user.email.casefold() == wanted and not user.deleted and not user.is_stranger:
            return {"ok": True, "user": user_json(world, user, with_email=True)}
    raise Refused("users_not_found")
