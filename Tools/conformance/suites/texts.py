"""JSON that is malformed, or made to do harm, on both interfaces."""
import json

from harness.checks import answers, check, equal, holds

MODELS = ["mlp", "words"]
ARGUMENTS = []
V1, V2, FLASK = "/v1/models/mlp:predict", "/v2/models/mlp/infer", "/"

# Texts that are no JSON; those that hold numbers stand where a number may.
MALFORMED = [
    b"", b" ", b"{", b"}", b"[", b"]", b"[1", b"[1,]", b"[,1]", b"[1,,2]", b"[1 2]", b'{"a"}',
    b'{"a":}', b'{"a":1,}', b'{a:1}', b"{'a':1}", b'{"a":1 "b":2}', b'{"a":1}}', b'{"a":1}x',
    b'{"a":1}{"a":1}', b'"a', b'"\\x"', b'"\\u12"', b'"\\uZZZZ"', b'"\n"', b'"\t"', b'"\0"',
    b"nul", b"nulll", b"True", b"NAN", b"+1", b"-", b"01", b"1.", b".1", b"1e", b"1e+", b"0x1",
    b"1_000", b"--1", b"1.2.3", b"/* */ 1", b"// \n1", b"\xff", b'"\xff"', b'"\xc3"',
    b'"\xed\xa0\x80"', b'"\xf5\x80\x80\x80"', b"\xfe\xff\x00[", b"[1]\0", b"\0", b"\\u0031",
    b'["a",\n4,1,', b'{"a":1,"a', b"[\x0c1]", b"[1\xc2\xa0]", b"-Infinity1", b"InfinityNaN",
]


def post(server, path, text):
    answer = server.post(path, text)
    holds(answer.status < 500, f"no error of the server's for {text[:80]!r}", answer)
    return answer


@check("malformed JSON as a whole document")
def documents(server):
    for path in (V1, V2, FLASK):
        for text in MALFORMED:
            answer = server.post(path, text)
            holds(answer.status == 400 and answer.error, f"status 400 for {text!r} to {path}",
                  answer)


@check("malformed JSON inside a request")
def inside(server):
    v1 = b'{"instances":[[%s' + b",0" * 783 + b"]]}"
    v2 = (b'{"inputs":[{"name":"pixels","datatype":"FP32","shape":[1,784],"data":[%s'
          + b",0" * 783 + b"]}]}")
    for text in MALFORMED:
        if not text.strip(b" \0[]") or text.startswith(b"[") or b"\n" in text:
            continue
        for path, form in ((V1, v1), (V2, v2)):
            answer = server.post(path, form % text)
            holds(answer.status == 400 and answer.error, f"status 400 for {text!r} to {path}",
                  answer)


@check("what follows a document is refused, but for spaces")
def trailing(server):
    whole = json.dumps({"instances": [[0.0] * 784]}).encode()
    answers(server.post(V1, b" \r\n\t" + whole + b" \r\n\t"), 200)
    for tail in (b"x", b"{}", b"\0", b",", b"]", whole):
        answers(server.post(V1, whole + tail), 400)


@check("lists and objects nested 250,000 deep, closed and not")
def deep(server):
    for path in (V1, V2, FLASK):
        for count in (101, 1025, 10_000, 250_000):
            for text in (b"[" * count, b"[" * count + b"]" * count,
                         b'{"a":' * count + b"1" + b"}" * count,
                         b'{"instances":' + b"[" * count + b"0" + b"]" * count + b"}",
                         b'{"inputs":' + b'[{"data":' * count):
                answers(server.post(path, text), 400)


@check("numbers of any size and length end in an answer")
def numbers(server):
    form = b'{"instances":[[%s' + b",0" * 783 + b"]]}"
    for number in (b"1e999", b"-1e999", b"1e-999", b"1" * 400, b"0." + b"1" * 5000,
                   b"1e" + b"9" * 50, b"123456789012345678901234567890", b"-0", b"1E400", b"0e0",
                   b"9" * 5000 + b"e-4990",
                   b"2.4703282292062327e-324"):
        answer = post(server, V1, form % number)
        holds(answer.status in (200, 400), "status 200 or 400", answer)
    for number in (b"-0.0", b"1E2", b"1e+2", b"0.1e-1", b"1.0"):
        answer = server.post(V1, form % number)
        holds(answer.status == 200 and len(answer.json()["predictions"][0]) == 10,
              f"predictions for {number!r}", answer)


@check("keys given twice are refused")
def duplicates(server):
    zeros = json.dumps([[0.0] * 784]).encode()
    row = b'{"pixels":' + zeros[1:-1] + b',"pixels":' + zeros[1:-1] + b"}"
    many = b",".join(b'"%d":0' % index for index in range(1000))
    for text in (b'{"instances":' + zeros + b',"instances":' + zeros + b"}",
                 b'{"instances":[' + row + b"]}", b'{"inputs":' + row + b"}",
                 b"{" + many + b',"instances":' + zeros + b',"999":1}'):
        answers(server.post(V1, text), 400, "more than once")
    answers(server.post(V1, b"{" + many + b',"instances":' + zeros + b"}"), 200)
    tensor = b'{"name":"pixels","datatype":"FP32","shape":[1,784],%s"data":' + zeros + b"}"
    for text in (b'{"inputs":[' + tensor % b'"shape":[784],' + b"]}",
                 b'{"inputs":[' + tensor % b"" + b'],"inputs":[]}',
                 b'{"inputs":[' + tensor % b"" + b'],"parameters":{"timeout":1,"timeout":2}}'):
        answers(server.post(V2, text), 400, "more than once")


@check("halves of surrogates, escapes and zero characters in strings")
def surrogates(server):
    form = b'{"instances":[["%s","a","b"]]}'
    for text in (b"\\ud800", b"\\udc00", b"\\ud800\\u0041", b"\\udc00\\ud800"):
        answer = server.post("/v1/models/words:predict", form % text)
        answers(answer, 400)
    for text, expected in ((b"\\ud83c\\udf4e", "\U0001f34e"), (b"\\u0000", "\0"),
                           (b"\\n\\t\\\"\\\\\\/", "\n\t\"\\/"), (b"\\u00e9t\\u00E9", "été")):
        answer = server.post("/v1/models/words:predict", form % text)
        answers(answer, 200)
        equal(answer.json()["predictions"][0]["reshaped"][0], [expected])


@check("a mark of byte order")
def mark(server):
    answer = post(server, V1, b"\xef\xbb\xbf" + json.dumps({"instances": [[0.0] * 784]}).encode())
    holds(answer.status in (200, 400), "status 200 or 400", answer)


@check("many keys, long keys, and long strings")
def long(server):
    answers(server.post(V1, b"{" + b",".join(b'"%d":0' % index for index in range(200_000)) + b"}"),
            400)
    answers(server.post(V1, b'{"' + b"k" * 10_000_000 + b'":0}'), 400)
    answer = server.post("/v1/models/words:predict",
                         {"instances": [["x" * 5_000_000, "a", "b"]]})
    answers(answer, 200)


@check("strings of the answer are escaped")
def escaped(server):
    for path in ("/v1/models/%22%3Cx%3E%0A:predict", "/v2/models/%22%3Cx%3E%0A"):
        answer = server.post(path, "{}") if ":" in path else server.get(path)
        holds(400 <= answer.status < 500 and answer.error, "an error in JSON", answer)
