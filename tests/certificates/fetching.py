"""Every way in which HTML and CSS can ask for something else, and traps that notice if anybody comes."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECRET = "HEMLIGHET42"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20"><text y="15">{SECRET}</text></svg>'
CSS = f'body::before {{ content: "{SECRET}" }}'
FILES = {"secret.svg": SVG.encode(), "secret.css": CSS.encode(), "secret.txt": SECRET.encode()}

# Each takes the address of a picture (svg), a style sheet (css) or a text (txt).
WAYS: dict[str, str] = {
    "img": '<img alt="x" src="{svg}">',
    "img srcset": '<img alt="x" src="" srcset="{svg} 1x">',
    "picture": '<picture><source srcset="{svg}"><img alt="x" src="{svg}"></picture>',
    "link": '<link rel="stylesheet" href="{css}">',
    "link icon": '<link rel="icon" href="{svg}">',
    "import": '<style>@import "{css}";</style>',
    "import url": "<style>@import url({css}) print;</style>",
    "background": '<div style="background: url({svg}); height: 50px">x</div>',
    "background attribute": '<table background="{svg}"><tr><td>x</td></tr></table>',
    "body background": '<body background="{svg}">',
    "font": "<style>@font-face {{ font-family: X; src: url({txt}) }} p {{ font-family: X }}</style><p>x</p>",
    "local font": '<style>@font-face {{ font-family: X; src: local("DejaVu Sans") }} p {{ font: X }}</style><p>x</p>',
    "content": "<style>p::before {{ content: url({svg}) }}</style><p>x</p>",
    "list style": '<ul style="list-style-image: url({svg})"><li>x</li></ul>',
    "border image": '<div style="border: 9px solid; border-image: url({svg}) 9">x</div>',
    "mask border": '<div style="mask-border: url({svg}) 9">x</div>',
    "image function": '<div style="background: image-set(url({svg}) 1x); height: 9px">x</div>',
    "page background": "<style>@page {{ background: url({svg}) }}</style>",
    "page margin": "<style>@page {{ @top-left {{ content: url({svg}) }} }}</style>",
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<title>x</title><image width="99" height="9" href="{svg}" xlink:href="{svg}"/></svg>',
    "svg use": '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><use href="{svg}#a"/></svg>',
    "svg import": '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><style>@import "{css}";</style></svg>',
    "svg fill": '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>'
    '<rect width="9" height="9" fill="url({svg}#a)"/></svg>',
    "object": '<object data="{svg}">x</object>',
    "object type": '<object type="image/svg+xml" data="{svg}">x</object>',
    "embed": '<embed src="{svg}" type="image/svg+xml">',
    "iframe": '<iframe src="{svg}"></iframe>',
    "frame": '<frameset><frame src="{svg}"></frameset>',
    "video": '<video poster="{svg}" src="{txt}"></video>',
    "audio": '<audio src="{txt}"></audio>',
    "input": '<input type="image" alt="x" src="{svg}">',
    "script": '<script src="{txt}"></script>',
    "attachment": '<link rel="attachment" href="{txt}">',
    "attached link": '<a rel="attachment" href="{txt}">x</a>',
    "base": '<base href="{txt}"><img alt="x" src="secret.svg">',
    "meta refresh": '<meta http-equiv="refresh" content="0; url={txt}">',
    "color profile": "<style>@color-profile --x {{ src: url({txt}) }} p {{ color: color(--x 1 0 0) }}</style><p>x</p>",
}


@dataclass
class Trap:
    """A folder with secrets and a server that counts who comes; `addresses` says how each is reached."""

    folder: Path
    port: int
    visits: list[str] = field(default_factory=list)

    def addresses(self, target: str) -> dict[str, str]:
        kinds = {"svg": "image/svg+xml", "css": "text/css", "txt": "text/plain"}
        if target == "data":
            return {
                ending: f"data:{kind};base64,{base64.b64encode(FILES[f'secret.{ending}']).decode()}"
                for ending, kind in kinds.items()
            }
        base = {
            "file": self.folder.as_uri(),
            "path": str(self.folder),
            "loopback": f"http://127.0.0.1:{self.port}",
            "redirect": f"http://127.0.0.1:{self.port}/redirect",
        }[target]
        return {ending: f"{base}/secret.{ending}" for ending in kinds}

    def payload(self, way: str, target: str) -> str:
        return WAYS[way].format(**self.addresses(target))


TARGETS = ("file", "path", "loopback", "redirect", "data")


@contextmanager
def trap(folder: Path) -> Iterator[Trap]:
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    found = Trap(folder, 0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.visits.append(self.path)
            name = self.path.rsplit("/", 1)[-1]
            if self.path.startswith("/redirect/"):
                self.send_response(302)
                self.send_header("Location", f"{folder.as_uri()}/{name}")
                self.end_headers()
                return
            self.send_response(200)
            kinds = {"svg": "image/svg+xml", "css": "text/css"}
            self.send_header("Content-Type", kinds.get(name.rsplit(".", 1)[-1], "text/plain"))
            self.end_headers()
            self.wfile.write(FILES.get(name, b""))

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
