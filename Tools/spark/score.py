"""Scores lines of JSON with a KerasKit bundle on Apache Spark.

    spark-submit score.py BUNDLE INPUT OUTPUT [--keraskit PATH]

INPUT and OUTPUT are folders or files that Spark can read and write. Each line is an item, or an
object of the inputs and an "id", as `keraskit predict --input -` takes them; its result has the
same id. Each partition is scored by one process, and no line is lost: the job fails where a line
does, where the program ends badly, or where it gives fewer lines than it got. The program lies on
every machine at the same path; the bundle is sent along.
"""
import argparse
import os
import subprocess
import tempfile
import threading

import pyarrow
from pyspark import SparkFiles
from pyspark.sql import SparkSession


def scorer(keraskit, bundle):
    command = [keraskit, "predict", bundle, "--input", "-", "--threads", "1"]

    def score(batches):
        command[2] = SparkFiles.get(bundle)
        with tempfile.TemporaryFile("w+") as errors, subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors) as process:
            try:
                counts = {"in": 0, "out": 0}
                feeder = threading.Thread(target=feed, args=(process.stdin, batches, counts))
                feeder.start()
                while lines := process.stdout.readlines(1 << 20):
                    counts["out"] += len(lines)
                    yield pyarrow.RecordBatch.from_pydict(
                        {"value": [line.decode().rstrip("\n") for line in lines]})
                feeder.join()
                if process.wait() or counts["in"] != counts["out"] or "error" in counts:
                    errors.seek(0)
                    raise RuntimeError(f"keraskit: status {process.returncode}, {counts}: "
                                       f"{errors.read().strip()[-500:]}")
            finally:
                process.kill()
    return score


def feed(stdin, batches, counts):
    """Writes all lines; that they are many is why another thread reads the results."""
    try:
        with stdin:
            for batch in batches:
                lines = [line for line in batch.column(0).to_pylist() if line.strip()]
                counts["in"] += len(lines)
                stdin.write("".join(line + "\n" for line in lines).encode())
    except Exception as error:
        counts["error"] = repr(error)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--keraskit", default="keraskit")
    given = parser.parse_args()
    spark = SparkSession.builder.appName("keraskit").getOrCreate()
    spark.sparkContext.addFile(given.bundle)
    score = scorer(given.keraskit, os.path.basename(given.bundle))
    spark.read.text(given.input).mapInArrow(score, "value string").write.text(given.output)


if __name__ == "__main__":
    main()
