"""Runs score.py's job in local-cluster mode, with and without trouble."""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import score
from harness.bundles import ROOT, Bundles
from harness.checks import Failed, equal, holds
from pyspark.sql import SparkSession


def arguments():
    parser = argparse.ArgumentParser(prog="Tools/spark/test")
    parser.add_argument("--rows", type=int, default=20_000, help="lines to score (20000)")
    parser.add_argument("--keraskit", default=os.environ.get(
        "KERASKIT_EXECUTABLE", ROOT / ".build/release/keraskit"), help="the program")
    return parser.parse_args()


class Trial:
    """Lines of digits, what one process makes of them, and a session of Spark."""

    def __init__(self, given, folder):
        self.keraskit = str(pathlib.Path(given.keraskit).resolve())
        self.folder = pathlib.Path(folder)
        bundles = Bundles(self.keraskit, self.folder)
        self.bundle = str(bundles.path("mlp"))
        self.input = self.folder / "lines.ndjson"
        pictures = [[round(float(value), 2) for value in row]
                    for row in bundles.reference("mlp").input]
        rows = random.Random(1)
        with open(self.input, "w", encoding="utf-8") as file:
            for index in range(given.rows):
                pixels = list(pictures[index % len(pictures)])
                pixels[rows.randrange(784)] = round(rows.random(), 2)
                file.write(json.dumps({"id": f"row-{index}", "inputs": pixels}) + "\n")
        with open(self.input, "rb") as lines:
            self.expected = subprocess.run(
                [self.keraskit, "predict", self.bundle, "--input", "-"], stdin=lines,
                stdout=subprocess.PIPE, check=True).stdout
        self.spark = (
            SparkSession.builder.master("local-cluster[2,1,1024]").appName("keraskit")
            .config("spark.driver.host", "localhost").config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.files.maxPartitionBytes", str(self.input.stat().st_size // 24))
            .config("spark.sql.files.openCostInBytes", "1").getOrCreate())
        self.spark.sparkContext.setLogLevel("OFF")

    def job(self, name, lines=None, keraskit=None):
        """Scores lines as score.py does, and gives the result."""
        output = self.folder / name
        sys.argv = ["score.py", self.bundle, str(lines or self.input), str(output),
                    "--keraskit", keraskit or self.keraskit]
        score.main()
        return b"".join(part.read_bytes() for part in sorted(output.glob("part-*")))

    def same(self, found):
        lines, wanted = found.splitlines(), self.expected.splitlines()
        equal(len(lines), len(wanted), "number of lines")
        for index, (line, other) in enumerate(zip(lines, wanted)):
            equal(line, other, f"line {index + 1}")
        equal(found == self.expected, True, "the same bytes:")


def executors():
    """The processes of executors that this one's children have started."""
    found, parents = [], {}
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(folder.name)] = (int(text[1]), b"CoarseGrainedExecutorBackend" in command)
    for process, (_, is_executor) in parents.items():
        above = process
        while above in parents and above != os.getpid():
            above = parents[above][0]
        if is_executor and above == os.getpid():
            found.append(process)
    return found


def kill_one(trial, killed):
    """Kills an executor once a few tasks are done and others are under way."""
    tracker = trial.spark.sparkContext.statusTracker()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not killed:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numCompletedTasks >= 3 and info.numActiveTasks:
                process = executors()[0]
                os.kill(process, signal.SIGKILL)
                killed.append((process, info.numCompletedTasks, info.numTasks))
                return
        time.sleep(0.02)


def quiet(trial):
    trial.same(trial.job("quiet"))


def with_a_loss(trial):
    before = set(executors())
    equal(len(before), 2, "executors:")
    killed = []
    killer = threading.Thread(target=kill_one, args=(trial, killed))
    killer.start()
    found = trial.job("loss")
    killer.join()
    holds(killed and killed[0][1] < killed[0][2], "an executor killed in the midst", killed)
    holds(killed[0][0] not in executors(), "an executor that is gone", killed)
    trial.same(found)


def fails(trial, name, **others):
    try:
        trial.job(name, **others)
    except Exception as error:
        holds("keraskit: status" in str(error), "the program's error in the job's",
              str(error)[-600:])
        return
    raise Failed("a job that fails", "one that does not")


def bad_line(trial):
    lines = trial.folder / "bad.ndjson"
    whole = trial.input.read_text(encoding="utf-8").splitlines()[:200]
    lines.write_text("\n".join(whole[:100] + ['{"id":"bad","inputs":[1]}'] + whole[100:]) + "\n",
                     encoding="utf-8")
    fails(trial, "bad-line", lines=lines)


def dying_program(trial):
    program = trial.folder / "dying-program"
    program.write_text(f'#!/bin/sh\nhead -n 50 | {trial.keraskit} "$@"\nexit 0\n', encoding="utf-8")
    program.chmod(0o755)
    fails(trial, "dying", keraskit=str(program))


def main():
    given = arguments()
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(given, folder)
        for name, check in (("the same bytes as one process", quiet),
                            ("the same bytes after an executor was killed", with_a_loss),
                            ("a line that cannot be scored fails the job", bad_line),
                            ("a program that loses lines fails the job", dying_program)):
            start = time.monotonic()
            try:
                check(trial)
                print(f"ok    {name} ({time.monotonic() - start:.1f} s)")
            except Failed as failure:
                is_good = False
                print(f"FAIL  {name}\n        expected: {failure.expected}\n"
                      f"        found:    {failure.found}")
        trial.spark.stop()
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
