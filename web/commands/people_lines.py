"""The command lines of practices and the people of them; what they do stands in `people`."""

import argparse
from collections.abc import Callable

from messaging.people import EmailMode
from web.commands import people

Command = Callable[..., argparse.ArgumentParser]


def commands(below: "argparse._SubParsersAction[argparse.ArgumentParser]", command: Command) -> None:
    """Adds them."""
    practice = below.add_parser("practice", help="practices").add_subparsers(dest="act", required=True)
    create = command(practice, "create", people.create_practice, "a further practice", migrates=False)
    create.add_argument("--slug", required=True, help="small letters, digits and hyphens")
    create.add_argument("--name", required=True, help="what pages and mails call it")
    create.add_argument("--time-zone", default="UTC", help="an IANA name, such as Europe/Vienna")
    create.add_argument("--mail-domain", help="where its mail comes from, if not the server's own")
    create.add_argument("--administrator", metavar="NAME", help="who administers it: invited at once")

    person = below.add_parser("person", help="people").add_subparsers(dest="act", required=True)
    shown = command(person, "list", people.list_people, "everybody, one line each", migrates=False)
    shown.add_argument("--practice", metavar="SLUG", help="of this practice alone")
    change = command(person, "set", people.set_person, "change somebody", migrates=False)
    of_person(change)
    change.add_argument("--name")
    change.add_argument("--email", help="empty takes the address away")
    change.add_argument("--email-mode", choices=[one.value for one in EmailMode])
    change.add_argument(
        "--active", choices=["true", "false"], help="false: they have left, and are out at once"
    )
    of_person(command(person, "invite", people.invite_person, "a fresh invitation", migrates=False))
    reset = command(person, "reset", people.reset, "for who has lost every way in", migrates=False)
    of_person(reset)
    reset.add_argument("--reason", required=True, help="for the audit trail; name nobody in it")


def of_person(line: argparse.ArgumentParser) -> None:
    """Whom it is about."""
    line.add_argument("username")
    line.add_argument("--practice", metavar="SLUG", help="where several practices have this username")
