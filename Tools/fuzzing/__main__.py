"""The fuzzer's command line; what it does is said in Tools/fuzz."""
import argparse
import collections
import concurrent.futures
import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from . import absurd, archives, beside, bundles, bytes_, configs, links, weights

DAMAGES = {name: damage for part in (
    absurd, archives, beside, bundles, bytes_, configs, links, weights)
           for name, damage in part.DAMAGES.items()}

# What a user is told when the program itself is at fault.
CRASH_WORDS = ("Fatal error", "Illegal instruction", "stack dump", "Swift runtime",
               "AddressSanitizer", "was ended by")


def main():
    options = arguments()
    seeds = [options.only] if options.only is not None else range(
        options.seed, options.seed + options.count)
    counts, kinds = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as directory, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for seed, (name, damage, faults) in zip(
                seeds, pool.map(lambda seed: check(options, seed, directory), seeds)):
            counts["failed" if faults else "passed"] += 1
            kinds[damage] += 1
            for fault in faults:
                print(f"seed {seed}: {name}, {damage}: {fault}", flush=True)
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    print(f"{counts['passed']} passed, {counts['failed']} failed ({told})")
    sys.exit(1 if counts["failed"] else 0)


def arguments():
    repository = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(
        prog="Tools/fuzz", description="Damaged copies of the fixtures, given to keraskit.")
    parser.add_argument("--count", type=int, default=1000, help="how many copies (1000)")
    parser.add_argument("--seed", type=int, default=0, help="of the first copy (0)")
    parser.add_argument("--only", type=int, metavar="SEED", help="one copy, with what was said")
    parser.add_argument("--damage", choices=sorted(DAMAGES), help="one kind of damage (drawn)")
    parser.add_argument("--keep", metavar="DIR", help="keep the copies that fail")
    parser.add_argument("--seconds", type=float, default=60, help="the most that a run may take")
    parser.add_argument("--mebibytes", type=int, default=1024, help="the most it may take (1024)")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at once (2)")
    parser.add_argument("--keraskit", default=os.path.join(repository, ".build/release/keraskit"))
    parser.set_defaults(fixtures=os.path.join(repository, "Fixtures"))
    return parser.parse_args()


def check(options, seed, directory):
    """Damages one fixture and runs the commands; gives its name, the damage and the faults."""
    draw = random.Random(seed)
    damage = options.damage or draw.choice(sorted(DAMAGES))
    suffixes, apply = DAMAGES[damage]
    models = sorted(path for suffix in suffixes for path in glob.glob(
        os.path.join(options.fixtures, "**", "*" + suffix), recursive=True))
    path = draw.choice([model for model in models if os.path.getsize(model) < 1 << 20])
    name = os.path.relpath(path, options.fixtures)
    folder = os.path.join(directory, str(seed))
    os.makedirs(folder)
    copy = os.path.join(folder, os.path.basename(path))
    shutil.copy(path, copy)
    aside(apply, draw, copy, *([options.keraskit] if damage in ("bundle", "header") else []))
    faults = []
    for command in beside.commands(damage, copy, path) or [
            ["inspect", copy], ["convert", copy, "-o", os.path.join(folder, "out")],
            ["bench", copy, "--seconds", "0.01", "--threads", "2"]]:
        fault = run(options, command)
        if fault:
            faults.append(f"{command[0]}: {fault}")
    if faults and options.keep:
        os.makedirs(options.keep, exist_ok=True)
        shutil.copy(copy, os.path.join(options.keep, f"{seed}-{os.path.basename(path)}"))
    shutil.rmtree(folder)
    return name, damage, faults


def aside(damage, *given):
    """Damages a file in a process of its own: what keraskit is said to have had at most begins with
    what the process that starts it had."""
    child = os.fork()
    if child == 0:
        try:
            damage(*given)
        except (KeyError, OSError, ValueError, RuntimeError, TypeError,
                AttributeError, IndexError):
            pass  # Some fixtures are damaged already and h5py cannot open them: run as they are.
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(child, 0)


def run(options, words):
    """Runs keraskit; gives what is wrong with how it ended, or nothing."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        process = subprocess.Popen([options.keraskit, *words], stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=error)
        status, peak = ended(process, options.seconds)
        if status is None:
            return f"no end after {options.seconds:g} s"
        stdout, stderr = (text(file) for file in (out, error))
    if options.only is not None:
        print(f"{' '.join(words)}\n{stdout[-2000:]}{stderr[-4000:]}-> {status}, {peak >> 20} MiB")
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    if status not in (0, 1, 2):
        return f"status {status}"
    if status and not stderr.strip():
        return f"status {status} without a word"
    if peak > options.mebibytes << 20:
        return f"took {peak >> 20} MiB: {stderr.strip()[:300]}"
    told = [word for word in CRASH_WORDS if word in stderr]
    return f"told of \"{told[0]}\": {stderr.strip()[:300]}" if told else None


def ended(process, seconds):
    """How a process ended and the most memory that it or a child of it had; None for never."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status, used = os.wait4(process.pid, os.WNOHANG)
        if done:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, used.ru_maxrss << 10
        time.sleep(0.005)
    process.kill()
    process.wait()
    return None, 0


def text(file):
    file.seek(0)
    return file.read().decode(errors="replace")


if __name__ == "__main__":
    main()
