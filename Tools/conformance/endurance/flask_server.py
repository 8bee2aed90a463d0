"""The classic way to serve a digit model: Flask, Pillow and Keras's predict.

    python flask_server.py MODEL.h5
"""
import base64
import io
import os
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from flask import Flask, jsonify, request
from PIL import Image
from werkzeug.serving import WSGIRequestHandler, make_server

model = keras.models.load_model(sys.argv[1], compile=False)
app = Flask(__name__)


@app.post("/")
def predict():
    data = re.sub("^data:image/.+;base64,", "", request.get_json(force=True))
    picture = Image.open(io.BytesIO(base64.b64decode(data))).resize((28, 28)).convert("L")
    pixels = np.asarray(picture, dtype="float32").reshape(1, 784) / 255
    return jsonify(model.predict(pixels, verbose=0).tolist())


class Handler(WSGIRequestHandler):
    """Keeps connections, and writes no line for each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
    print(f"serving at http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()
