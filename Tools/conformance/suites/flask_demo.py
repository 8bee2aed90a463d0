"""The classic Flask demo of digit recognition: its page's request works here."""
import json
import re

from harness.checks import answers, check, close, equal, holds
from harness.pictures import canvas, data_url, digit, encode
from PIL import Image

MODELS = ["mlp"]
ARGUMENTS = []


def post(server, value, **others):
    return server.post("/", json.dumps(value), **others)


def scores(server, value, **others):
    answer = post(server, value, **others)
    answers(answer, 200)
    equal(answer.headers.get_content_type(), "application/json", "content type")
    rows = answer.json()
    holds(isinstance(rows, list) and len(rows) == 1 and len(rows[0]) == 10,
          "[[p0, … p9]]", rows)
    close(sum(rows[0]), 1.0, "sum of probabilities")
    return rows[0]


def likeliest(row):
    return max(range(10), key=row.__getitem__)


@check("a canvas's data URL as a JSON string is answered by [[p0, … p9]], white ink and dark")
def canvases(server):
    for ink in ((255, 255, 255), (5, 5, 5), (0, 0, 0)):
        for value in range(10):
            equal(likeliest(scores(server, data_url(canvas(value, ink)))), value,
                  f"with ink {ink}:")


@check("the page's content type, and none")
def content_types(server):
    url = data_url(canvas(3))
    for headers in ({"Content-Type": "application/json"}, {},
                    {"Content-Type": "application/json;charset=UTF-8"}):
        equal(likeliest(scores(server, url, headers=headers)), 3)


@check("an empty canvas is answered too")
def empty(server):
    scores(server, data_url(encode(Image.new("RGBA", (400, 400)))))


@check("a JPEG's data URL")
def jpeg(server):
    for value in (1, 7):
        file = encode(digit(value).resize((280, 280)), "JPEG", quality=95)
        equal(likeliest(scores(server, data_url(file, "jpeg"))), value)


@check("what is no JSON string, no data URL, no Base64 or no picture is refused")
def refused(server):
    whole = data_url(canvas(5))
    for value in (1, None, [whole], {"image": whole}, "", "data:", whole[5:], "data:,hello",
                  "data:text/plain;base64,aGVsbG8=", whole.replace(";base64", ""),
                  whole[:40] + "*" + whole[41:], "data:image/png;base64,",
                  "data:image/png;base64,aGVsbG8=", whole[:-400]):
        answers(post(server, value), 400)
    answers(server.post("/", b""), 400)
    answers(server.post("/", whole), 400)


@check("GET gives the page, which asks no other host for anything")
def page(server):
    answer = server.get("/")
    equal(answer.status, 200)
    equal(answer.headers.get_content_type(), "text/html", "content type")
    policy = answer.headers["Content-Security-Policy"] or ""
    holds(re.search(r"default-src '(self|none)'", policy) and "http" not in policy
          and "*" not in policy, "a content security policy that names no other host", policy)
    equal(answer.headers["X-Content-Type-Options"], "nosniff")
    tag = answer.headers["ETag"]
    holds(tag, "a field ETag", dict(answer.headers))
    again = server.get("/", headers={"If-None-Match": tag})
    equal((again.status, again.body), (304, b""))
