"""A receiver of webhooks, over real HTTP: it keeps what comes and answers as it is told."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from flask import Flask, Response, request

from steward.demo.serving import serving


class Receiver:
    """`answers` are (status, body, headers) in turn; the last one stays. Before each, `hang`
    seconds pass and `meanwhile` is done."""

    def __init__(self):
        self.got = []
        self.answers = [(204, "", {})]
        self.hang = 0.0
        self.meanwhile = lambda: None
        self.url = ""

    def answer(self, status, body="", **headers):
        self.answers = [(status, body, {k.replace("_", "-"): v for k, v in headers.items()})]

    def app(self):
        app = Flask("receiver")

        @app.route("/<path:path>", methods=["GET", "POST"])
        def take(path):
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.got.append((request.method, path, headers, request.get_data()))
            time.sleep(self.hang)
            self.meanwhile()
            now = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
            return Response(now[1], now[0], headers=now[2])

        return app


@contextmanager
def receiving():
    made = Receiver()
    with serving(made.app()) as base:
        made.url = f"{base}/hook"
        yield made


@contextmanager
def trickling(seconds_between=0.05):
    """Answers with one byte now and then, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip():
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not stop.wait(seconds_between):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        stop.set()


class _Thankful(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def receiving_over_tls(papers):
    """Of a host that proves who it is by an authority of ours."""
    server = HTTPServer(("127.0.0.1", 0), _Thankful)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(papers.certificate, papers.key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
