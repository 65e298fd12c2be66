"""steward run, web, worker and demo: the processes."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Annotated
from urllib.parse import urlsplit

import typer
from django.conf import settings

from steward import tracing
from steward.cli.output import example
from steward.cli.problems import Failed
from steward.cli.supervisor import supervised
from steward.inventory.member import Invitation, Member, Role
from steward.work import worker as worker_process

THREADS = 8


def register(app: typer.Typer) -> None:
    app.command(epilog=example("STEWARD_BIND=0.0.0.0:8000 steward run"))(run)
    app.command(epilog=example("steward web"))(web)
    app.command(epilog=example("steward worker"))(worker)
    app.command(epilog=example("steward demo"))(demo)


def run() -> None:
    """Start Steward: the web server and a worker, until Ctrl-C."""
    bind = free_bind()
    welcome()
    with supervised(["web", "worker"]) as ended:
        where = f"{settings.STEWARD_BASE_URL} (listening on {bind}; Ctrl-C ends it)"
        typer.echo(f"Steward is at {where}")
        sys.stdout.flush()
        ended.wait()


def web() -> None:
    """Start the web server alone."""
    free_bind()
    from gunicorn.app.base import BaseApplication

    from steward.insight import warming

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", settings.STEWARD_BIND)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", THREADS)
            self.cfg.set("timeout", 120)
            # Filters with many words of other scripts make long addresses.
            self.cfg.set("limit_request_line", 8190)
            self.cfg.set("graceful_timeout", 5)
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("post_worker_init", lambda worker: warming.start())
            self.cfg.set("worker_exit", lambda server, worker: tracing.stop())

        def load(self) -> object:
            from steward.wsgi import application

            return application

    Server().run()


def worker() -> None:
    """Start a worker alone: it syncs, purges and sends mail."""
    worker_process.main()


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when all has been shown.")] = False,
) -> None:
    """See Steward do its job on a made-up company, over real HTTP."""
    try:
        from steward.demo import show
    except ImportError:
        raise Failed("The demo needs one more package: pip install 'steward[demo]'.") from None
    free_bind()
    show.reset()
    ready = threading.Event()
    player = threading.Thread(target=_play, args=(show.play, once, ready), daemon=True)
    with supervised(["web", "worker"]) as ended:
        player.start()
        while player.is_alive() and not ended.is_set():
            player.join(0.2)
    raise typer.Exit(0 if ready.is_set() or ended.is_set() else 1)


def _play(
    play: Callable[[bool, threading.Event], None], once: bool, ready: threading.Event
) -> None:
    try:
        play(once, ready)
    except SystemExit as end:
        typer.echo(str(end), err=True)


def free_bind() -> str:
    """The address to listen on; a clear word where it is taken or wrong."""
    bind: str = settings.STEWARD_BIND
    parts = urlsplit(f"//{bind}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise Failed(f"STEWARD_BIND must look like 127.0.0.1:8000, not {bind!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failed(
                f"Steward cannot listen on {bind}: {error.strerror}. Another program may be using "
                "the port; set STEWARD_BIND to another one."
            ) from None
    return bind


def welcome() -> None:
    """An empty Steward is entered by a one-time link, never by a default password."""
    if Member.objects.exists():
        return
    Invitation.objects.filter(email="", used_at=None).delete()
    _, token = Invitation.make(str(Role.ADMIN))
    typer.echo("Nobody can sign in yet. Create the first admin with this link, which works once:")
    typer.echo(f"\n    {settings.STEWARD_BASE_URL}/welcome/{token}/\n")
