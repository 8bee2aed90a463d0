"""Checks a unit, a manifest and an image's folder with the tools that are here."""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

import yaml
from harness.bundles import FIXTURES, ROOT, Bundles
from harness.checks import Failed, equal, holds
from harness.server import Server, ServerFailure

HERE = pathlib.Path(__file__).resolve().parent
UNIT = HERE / "keraskit.service"
# What the unit forbids with an error that the program takes: to raise its own limits.
TAKEN = {"prlimit64", "setrlimit", "sched_setaffinity", "sched_setscheduler", "setpriority"}


class Place:
    """The program, a folder of models for it, and room for files."""

    def __init__(self, keraskit, folder):
        self.keraskit = pathlib.Path(keraskit).resolve()
        self.folder = pathlib.Path(folder)
        self.bundles = Bundles(self.keraskit, self.folder / "bundles")
        self.models = self.bundles.repository(self.folder / "models", {"digits": {1: "mlp"}})

    def serve(self, arguments, program=None):
        return Server(program or self.keraskit, arguments, self.folder / "log",
                      bundles=self.bundles)


def options(place):
    """The unit's arguments of "serve", with a folder that exists and no fixed port."""
    line = re.search(r"^ExecStart=\S+ serve (.*)$", UNIT.read_text(encoding="utf-8"), re.M)[1]
    line = line.replace("/srv/keraskit", str(place.models))
    return shlex.split(line.replace("$KERASKIT_OPTIONS", ""))


def predicts(server, path="/v1/models/digits:predict"):
    reference = server.bundles.reference("mlp")
    answer = server.post(path, {"instances": reference.input[:1].tolist()})
    holds(answer.status == 200, "status 200", answer)


def unit_is_sound(place):
    copy = place.folder / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(
        "/usr/local/bin/keraskit", str(place.keraskit)), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    equal((done.returncode, done.stderr.strip()), (0, ""), "systemd-analyze verify:")
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", copy],
                          capture_output=True, text=True)
    holds(done.returncode == 0, "an exposure of at most 2.0", done.stdout.strip()[-80:])


def system_calls(name):
    """The system calls of a set of systemd's, sets within it included."""
    text = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True,
                          text=True, check=True).stdout
    found = set()
    for word in re.findall(r"^ +([@\w-]+)$", text, re.M):
        found |= system_calls(word) if word.startswith("@") else {word}
    return found


def unit_allows(place):
    allowed = system_calls("@system-service") - system_calls("@privileged") - system_calls(
        "@resources")
    trace = place.folder / "trace"
    program = place.folder / "traced"
    program.write_text(f'#!/bin/sh\nexec strace -f -qq -o {trace} {place.keraskit} "$@"\n',
                       encoding="utf-8")
    program.chmod(0o755)
    with place.serve(options(place), program) as server:
        predicts(server)
        equal(server.get("/metrics").status, 200)
        (child,) = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children"
                                ).read_text(encoding="utf-8").split()
        os.kill(int(child), signal.SIGHUP)
        predicts(server)
        os.kill(int(child), signal.SIGTERM)
        equal(server.wait(), 0, "exit status")
    text = trace.read_text(encoding="utf-8", errors="replace")
    used = set(re.findall(r"^\d+ +(\w+)\(", text, re.M))
    holds(len(used) > 20, "a trace of system calls", used)
    equal(sorted(used - allowed - TAKEN), [], "forbidden system calls:")
    holds(not re.search(r"PROT_WRITE\|PROT_EXEC", text), "no memory that is written and run",
          "some")


def manifest_serves(place):
    runtime, service = yaml.safe_load_all((HERE / "kserve.yaml").read_text(encoding="utf-8"))
    equal((runtime["kind"], service["kind"]), ("ServingRuntime", "InferenceService"))
    (container,) = runtime["spec"]["containers"]
    equal(container["args"][0], "serve")
    name = service["metadata"]["name"]
    arguments = [
        argument.replace("{{.Name}}", name).replace("/mnt/models", str(place.models / name))
        for argument in container["args"][1:] if not argument.startswith(("--port", "--host"))]
    with place.serve(arguments) as server:
        for probe in ("livenessProbe", "readinessProbe"):
            path = container[probe]["httpGet"]["path"]
            equal(server.get(path).status, 200, path)
        equal(server.get(runtime["spec"]["annotations"]["prometheus.kserve.io/path"]).status, 200)
        predicts(server, f"/v1/models/{name}:predict")
        equal(server.get(f"/v2/models/{name}/ready").status, 200)


def image_runs(place):
    text = (HERE / "Dockerfile").read_text(encoding="utf-8")
    user = re.search(r"^USER (\d+:\d+)$", text, re.M)[1]
    arguments = re.search(r"^CMD \[(.*)\]$", text, re.M)[1].replace('"', "").split(", ")
    image = place.folder / "image"
    # A folder of files with their own rights, whatever this process's are.
    os.umask(0o022)
    subprocess.run([HERE / "image", place.keraskit, image], check=True)
    place.bundles.repository(image / "mnt/models", {"digits": {1: "mlp"}})
    for folder in (place.folder, image, *(image / "mnt").rglob("*")):
        folder.chmod(folder.stat().st_mode | (0o755 if folder.is_dir() else 0o644))
    # What every container has.
    (image / "proc").mkdir()
    (image / "dev").mkdir()
    os.mknod(image / "dev/null", stat.S_IFCHR, os.makedev(1, 3))
    (image / "dev/null").chmod(0o666)
    (image / "dev/fd").symlink_to("/proc/self/fd")
    command = place.folder / "in-image"
    command.write_text(f"""#!/bin/sh
exec unshare --mount sh -c '
  # All that the unit leaves of /proc.
  mount -t proc -o subset=pid,hidepid=invisible proc {image}/proc &&
  exec chroot --userspec={user} {image} /usr/bin/keraskit "$@"' sh "$@"
""", encoding="utf-8")
    command.chmod(0o755)
    shutil.copy2(FIXTURES / "digits/mlp.h5", image / "mnt/models/mlp.h5")
    done = subprocess.run([command, "convert", "/mnt/models/mlp.h5", "-o", "/tmp/a.safetensors"],
                          capture_output=True, text=True)
    equal((done.returncode, done.stderr), (0, ""), "converting:")
    (image / "mnt/models/mlp.h5").unlink()
    arguments[arguments.index("0.0.0.0")] = "127.0.0.1"
    with place.serve(arguments[1:], command) as server:
        predicts(server)
        equal(server.get("/metrics").status, 200)
        equal(server.stop(), 0, "exit status")
    size = sum(file.stat().st_size for file in image.rglob("*") if file.is_file()
               and not file.is_relative_to(image / "mnt"))
    print(f"        the image's folder has {size / 1e6:.0f} MB")


def main():
    parser = argparse.ArgumentParser(prog="Tools/deploy/check")
    parser.add_argument("--keraskit", default=os.environ.get(
        "KERASKIT_EXECUTABLE", ROOT / ".build/release/keraskit"), help="the program")
    given = parser.parse_args()
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        place = Place(given.keraskit, folder)
        for name, check in (("the unit is sound", unit_is_sound),
                            ("the unit allows what the server does", unit_allows),
                            ("the manifest's arguments and probes", manifest_serves),
                            ("the image's folder is enough", image_runs)):
            try:
                check(place)
                print(f"ok    {name}")
            except (Failed, ServerFailure) as failure:
                is_good = False
                print(f"FAIL  {name}: {failure}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
