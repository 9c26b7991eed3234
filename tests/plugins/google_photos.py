#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Google Photos on this machine, for tests: the Library API and its OAuth endpoints as they
are documented, with faults at any step; and the person with the browser.

  google_photos.py serve FOLDER      writes FOLDER/port; ends with its input
                                     POST /control takes a fault: {"at": STEP, "do": FAULT,
                                     "times": N, ...}; GET /state tells what it holds
  google_photos.py secrets PORT      a client's JSON; `tokens PORT`: a token file's
  google_photos.py photos N FOLDER PHOTO   N photos that are all different
  google_photos.py consent HOW COMMAND...  runs it at a terminal and plays the browser

Every secret that it gives out has "-SECRET-" in it. STEPs: auth token upload start part query
albums create. FAULTs: a status like "503"; cut_request (closed in mid-body, nothing done);
lost (done, no answer); cut_answer (done, half an answer); half_json (done, half of it as if
whole); hang; drip; item (code, message, items: what becomes of so many items)."""
import base64
import hashlib
import json
import os
import pty
import re
import secrets
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCOPE = "https://www.googleapis.com/auth/photoslibrary.appendonly"
CLIENT = {"client_id": "client.apps.example", "client_secret": "CLIENT-SECRET-1"}
GRANULARITY = 262144


class Google:
    """What the service holds. `lock` guards all."""

    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []
        self.requests = {}
        self.violations = []
        self.access = {}
        self.refresh = {"REFRESH-SECRET-0"}
        self.codes = {}
        self.uses_of_token = 0
        self.uploads = {}  # token: (sha256, size)
        self.sessions = {}
        self.albums = {}
        self.items = {}  # sha256: item
        self.creating = 0
        self.largest_call = 0

    def access_token(self, uses=0):
        token = "ACCESS-SECRET-" + secrets.token_hex(16)
        self.access[token] = uses or self.uses_of_token or 1 << 30
        return token

    def new_upload(self, data):
        token = "UPLOAD-SECRET-" + secrets.token_hex(24)
        self.uploads[token] = (hashlib.sha256(data).hexdigest(), len(data))
        return token

    def state(self):
        return {"requests": self.requests, "violations": self.violations,
                "items": list(self.items.values()), "albums": self.albums,
                "largest_call": self.largest_call, "sessions": len(self.sessions)}


GOOGLE = Google()


class Cut(Exception):
    """The connection ends here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    # ---- Faults

    def rule_for(self, step):
        with GOOGLE.lock:
            GOOGLE.requests[step] = GOOGLE.requests.get(step, 0) + 1
            for rule in GOOGLE.rules:
                if rule["at"] != step or rule.get("times", 1) <= 0:
                    continue
                rule["seen"] = rule.get("seen", 0) + 1
                if rule["seen"] % rule.get("every", 1) == 0 and rule["seen"] > rule.get("skip", 0):
                    rule["times"] = rule.get("times", 1) - 1
                    return rule
        return {"do": None}

    def body(self, rule):
        size = int(self.headers.get("Content-Length", 0))
        if rule["do"] == "cut_request":
            self.rfile.read(size // 2)
            raise Cut
        return self.rfile.read(size)

    def answer(self, rule, status, body=b"", headers=()):
        fault = rule["do"]
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        if fault == "lost":
            raise Cut
        if fault == "hang":
            time.sleep(rule.get("seconds", 30))
            raise Cut
        if fault == "half_json":
            body = body[: len(body) // 2]
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "cut_answer":
            self.wfile.write(body[: len(body) // 2])
            raise Cut
        if fault == "drip":
            for i in range(0, len(body), 16):
                self.wfile.write(body[i: i + 16])
                self.wfile.flush()
                time.sleep(0.02)
            return
        self.wfile.write(body)

    def refuse(self, rule, status, word, message):
        headers = [("Retry-After", str(rule["retry_after"]))] if "retry_after" in rule else []
        self.answer({"do": None}, status,
                    {"error": {"code": status, "status": word, "message": message}}, headers)

    def scripted_refusal(self, rule, body):
        """True: the rule is a status, and it was sent."""
        if not (rule["do"] or "").isdigit():
            return False
        # What a careless server would say: secrets must not be passed on.
        upload = re.search(rb"UPLOAD-SECRET-\w+", body)
        told = (upload.group(0).decode() if upload else
                self.headers.get("Authorization", "").replace("Bearer ", ""))
        self.refuse(rule, int(rule["do"]), rule.get("word", "FAULT"),
                    rule.get("message", "scripted fault") + " " + told)
        return True

    def violation(self, text):
        with GOOGLE.lock:
            GOOGLE.violations.append(text)

    def check(self, condition, text):
        if not condition:
            self.violation(text)
        return condition

    # ---- Dispatch

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/state":
            with GOOGLE.lock:
                self.answer({"do": None}, 200, GOOGLE.state())
        elif url.path == "/auth":
            self.auth(dict(urllib.parse.parse_qsl(url.query)))
        elif url.path == "/tokens":
            with GOOGLE.lock:
                token = GOOGLE.access_token()
            self.answer({"do": None}, 200, {"token": token})

    def do_POST(self):
        try:
            self.post()
        except Cut:
            self.close_connection = True
            self.wfile.flush()
            self.connection.close()

    def post(self):
        path = urllib.parse.urlsplit(self.path).path
        command = self.headers.get("X-Goog-Upload-Command", "")
        if path == "/control":
            self.control(json.loads(self.body({"do": None})))
        elif path == "/token":
            self.token()
        elif path == "/v1/uploads" and command == "start":
            self.authorized("start", self.start)
        elif path == "/v1/uploads":
            self.authorized("upload", self.upload)
        elif path.startswith("/v1/uploads/"):
            self.authorized("query" if command == "query" else "part", self.session)
        elif path == "/v1/albums":
            self.authorized("albums", self.album)
        elif path == "/v1/mediaItems:batchCreate":
            self.authorized("create", self.create)
        else:
            self.violation("unknown " + path)
            self.refuse({"do": None}, 404, "NOT_FOUND", "no such method")

    def control(self, order):
        with GOOGLE.lock:
            if "at" in order:
                GOOGLE.rules.append(order)
            if "uses_of_token" in order:
                GOOGLE.uses_of_token = order["uses_of_token"]
            if order.get("expire"):
                GOOGLE.access.clear()
            if order.get("revoke"):
                GOOGLE.refresh.clear()
            if order.get("forget_albums"):
                GOOGLE.albums.clear()
            if order.get("forget_uploads"):
                GOOGLE.uploads.clear()
            if order.get("clear_rules"):
                GOOGLE.rules.clear()
        self.answer({"do": None}, 200, {})

    # ---- OAuth

    def auth(self, query):
        wanted = {"client_id": CLIENT["client_id"], "response_type": "code", "scope": SCOPE,
                  "code_challenge_method": "S256", "access_type": "offline"}
        for name, value in wanted.items():
            self.check(query.get(name) == value, f"auth: {name} is {query.get(name)}")
        self.check(re.fullmatch(r"http://127\.0\.0\.1:\d+", query.get("redirect_uri", "")),
                   "auth: redirect_uri")
        self.check(len(query.get("code_challenge", "")) == 43, "auth: code_challenge")
        self.check(len(query.get("state", "")) >= 20, "auth: state")
        code = "4/CODE-SECRET-" + secrets.token_hex(16)
        with GOOGLE.lock:
            GOOGLE.codes[code] = query
        back = urllib.parse.urlencode({"state": query["state"], "code": code, "scope": SCOPE})
        self.answer({"do": None}, 302, b"", [("Location", query["redirect_uri"] + "/?" + back)])

    def token(self):
        rule = self.rule_for("token")
        form = dict(urllib.parse.parse_qsl(self.body(rule).decode()))
        if (rule["do"] or "").isdigit():
            self.answer({"do": None}, int(rule["do"]), {"error": rule.get("word", "server_error")})
            return
        for name, value in CLIENT.items():
            self.check(form.get(name) == value, "token: " + name)
        answer = {"token_type": "Bearer", "expires_in": 3599, "scope": rule.get("scope", SCOPE)}
        with GOOGLE.lock:
            if form.get("grant_type") == "authorization_code":
                asked = GOOGLE.codes.pop(form.get("code"), None)
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
                granted = (asked is not None and asked["code_challenge"] == challenge
                           and asked["redirect_uri"] == form.get("redirect_uri")
                           and 43 <= len(form["code_verifier"]) <= 128)
                answer["refresh_token"] = "REFRESH-SECRET-" + secrets.token_hex(16)
                GOOGLE.refresh.add(answer["refresh_token"])
            else:
                granted = (form.get("grant_type") == "refresh_token"
                           and form.get("refresh_token") in GOOGLE.refresh)
            answer["access_token"] = GOOGLE.access_token()
        if granted:
            self.answer(rule, 200, answer)
        else:
            self.answer(rule, 400, {"error": "invalid_grant", "error_description":
                                    "Token " + form.get("refresh_token", "") + " is no more."})

    def authorized(self, step, method):
        rule = self.rule_for(step)
        body = self.body(rule)
        token = self.headers.get("Authorization", "").replace("Bearer ", "")
        with GOOGLE.lock:
            known = GOOGLE.access.get(token, 0) > 0
            if known:
                GOOGLE.access[token] -= 1
        if not known:
            self.refuse({"do": None}, 401, "UNAUTHENTICATED", "Invalid credentials " + token)
        elif not self.scripted_refusal(rule, body):
            method(rule, body)

    # ---- Uploads

    def upload(self, rule, body):
        self.check(self.headers.get("X-Goog-Upload-Protocol") == "raw", "upload: protocol")
        self.check(self.headers.get("Content-Type") == "application/octet-stream", "upload: type")
        self.check("/" in self.headers.get("X-Goog-Upload-Content-Type", ""), "upload: mime")
        with GOOGLE.lock:
            token = GOOGLE.new_upload(body)
        self.answer(rule, 200, token.encode())

    def start(self, rule, body):
        self.check(body == b"" and self.headers.get("Content-Length") == "0", "start: a body")
        self.check(self.headers.get("X-Goog-Upload-Protocol") == "resumable", "start: protocol")
        name = "SESSION-SECRET-" + secrets.token_hex(16)
        with GOOGLE.lock:
            GOOGLE.sessions[name] = {"size": int(self.headers["X-Goog-Upload-Raw-Size"]),
                                     "data": bytearray(), "final": False}
        host = "http://127.0.0.1:%d" % self.server.server_port
        self.answer(rule, 200, b"", [
            ("X-Goog-Upload-URL", rule.get("url", host + "/v1/uploads/" + name)),
            ("X-Goog-Upload-Chunk-Granularity", str(GRANULARITY))])

    def session(self, rule, body):
        session = GOOGLE.sessions.get(self.path.rsplit("/", 1)[-1])
        commands = [word.strip() for word in self.headers["X-Goog-Upload-Command"].split(",")]
        if session is None or (session["final"] and commands != ["query"]):
            self.refuse(rule, 400, "INVALID_ARGUMENT", "no such upload")
            return
        if commands == ["query"]:
            status = "final" if session["final"] else "active"
            self.answer(rule, 200, b"", [("X-Goog-Upload-Status", status),
                                         ("X-Goog-Upload-Size-Received", str(len(session["data"])))])
            return
        if not self.check(int(self.headers["X-Goog-Upload-Offset"]) == len(session["data"]),
                          "part: offset"):
            self.refuse(rule, 400, "INVALID_ARGUMENT", "offset")
            return
        last = "finalize" in commands
        self.check(last or len(body) % GRANULARITY == 0, "part: granularity")
        session["data"] += body
        if not last:
            self.answer(rule, 200, b"", [("X-Goog-Upload-Status", "active")])
            return
        self.check(len(session["data"]) == session["size"], "part: size")
        session["final"] = True
        with GOOGLE.lock:
            token = GOOGLE.new_upload(bytes(session["data"]))
        self.answer(rule, 200, token.encode(), [("X-Goog-Upload-Status", "final")])

    # ---- Items

    def album(self, rule, body):
        title = json.loads(body)["album"]["title"]
        with GOOGLE.lock:
            name = "album-" + secrets.token_hex(8)
            GOOGLE.albums[name] = title
        self.answer(rule, 200, {"id": name, "title": title})

    def create(self, rule, body):
        order = json.loads(body)
        items = order["newMediaItems"]
        with GOOGLE.lock:
            GOOGLE.creating += 1
            GOOGLE.largest_call = max(GOOGLE.largest_call, len(items))
            alone = GOOGLE.creating == 1
        self.check(alone, "create: two calls at once")
        self.check(0 < len(items) <= 50, "create: %d items" % len(items))
        album = order.get("albumId")
        with GOOGLE.lock:
            GOOGLE.creating -= 1
            lost = album is not None and album not in GOOGLE.albums
            results = [] if lost else [self.make(item, album, rule) for item in items]
        if lost:
            self.refuse(rule, 404, "NOT_FOUND", "No album with this id.")
            return
        failed = any("mediaItem" not in result for result in results)
        self.answer(rule, 207 if failed else 200, {"newMediaItemResults": results})

    def make(self, item, album, rule):
        simple = item["simpleMediaItem"]
        token = simple["uploadToken"]
        result = {"uploadToken": token, "status": {"message": "Success"}}
        if rule["do"] == "item" and rule.get("items", 1) > 0:
            rule["items"] = rule.get("items", 1) - 1
            result["status"] = {"code": rule["code"], "message": rule["message"] + " " + token}
            return result
        if token not in GOOGLE.uploads:
            result["status"] = {"code": 3, "message": "Invalid upload token " + token}
            return result
        sha256, size = GOOGLE.uploads[token]
        # The same bytes are the same item, whatever their token.
        made = GOOGLE.items.setdefault(sha256, {
            "id": "item-" + secrets.token_hex(8), "sha256": sha256, "size": size,
            "name": simple.get("fileName"), "description": item.get("description"),
            "album": GOOGLE.albums.get(album), "made": 0})
        made["made"] += 1
        result["mediaItem"] = {"id": made["id"], "filename": made["name"]}
        return result


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # connections that clients end


def serve(folder):
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(os.path.join(folder, "port.new"), "w", encoding="ascii") as out:
        out.write(str(server.server_port))
    os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
    sys.stdin.read()


def fetch(port, path):
    with urllib.request.urlopen("http://127.0.0.1:%s%s" % (port, path)) as answer:
        return answer.read().decode()


def client_file(port):
    address = "http://127.0.0.1:%s" % port
    return {"installed": dict(CLIENT, project_id="p", auth_uri=address + "/auth",
                              token_uri=address + "/token", redirect_uris=["http://localhost"])}


def token_file(port):
    """As Elodie wrote it: no expiry."""
    return {"token": json.loads(fetch(port, "/tokens"))["token"],
            "refresh_token": "REFRESH-SECRET-0", "id_token": None, "scopes": [SCOPE],
            "token_uri": "http://127.0.0.1:%s/token" % port, **CLIENT}


def photos(count, folder, photo):
    with open(photo, "rb") as file:
        data = file.read()
    for i in range(int(count)):
        date = "20%02d:01:02 03:%02d:%02d" % (10 + i // 3600, i // 60 % 60, i % 60)
        os.makedirs(os.path.join(folder, "%02d" % (i % 7)), exist_ok=True)
        with open(os.path.join(folder, "%02d" % (i % 7), "IMG_%05d.JPG" % i), "wb") as out:
            out.write(data.replace(b"2016:05:02 08:02:12", date.encode()) + b"salt %d" % i)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def redirect_of(address):
    """Where the browser is sent to."""
    try:
        urllib.request.build_opener(NoRedirect).open(address)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise SystemExit("no redirect")


def status_of(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code


def play_browser(how, address, terminal):
    back = redirect_of(address)
    forged = re.sub(r"state=[^&]*", "state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", back)
    port = urllib.parse.urlsplit(back).port
    if how == "wrong_state":
        assert status_of(forged) == 400
        assert status_of("http://127.0.0.1:%d/favicon.ico" % port) == 400
    elif how == "deny":
        assert status_of(re.sub(r"code=[^&]*", "error=access_denied", back)) == 200
        return
    if how == "paste":
        os.write(terminal, (forged + "\n" + back + "\n").encode())
    else:
        assert status_of(back) == 200


def consent(how, command):
    terminal, inside = pty.openpty()
    child = subprocess.Popen(command, stdin=inside, stderr=subprocess.PIPE)
    os.close(inside)
    for line in child.stderr:
        sys.stderr.buffer.write(line)
        sys.stderr.flush()
        address = re.search(r"http://127\.0\.0\.1:\d+/auth\?\S+", line.decode())
        if address:
            play_browser(how, address.group(0), terminal)
    sys.exit(child.wait())


def main(command, *words):
    if command == "serve":
        serve(*words)
    elif command == "secrets":
        print(json.dumps(client_file(words[0])))
    elif command == "tokens":
        print(json.dumps(token_file(words[0])))
    elif command == "photos":
        photos(*words)
    elif command == "consent":
        consent(words[0], words[1:])


main(*sys.argv[1:])
