"""What this machine is, and the most that its processors can do."""
import json
import os
import platform
import subprocess


def describe():
    """The processor and its vector instructions, in a phrase."""
    fields = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            fields.setdefault(key.strip(), value.strip())
    flags = set(fields.get("flags", fields.get("Features", "")).split())
    if "avx512f" in flags:
        vectors = "AVX-512"
    elif {"avx2", "fma"} <= flags:
        vectors = "AVX2 and FMA, no AVX-512"
    elif "asimd" in flags:
        vectors = "NEON"
    else:
        vectors = "no vector instructions that are used here"
    name = fields.get("model name", platform.machine())
    return f"{os.cpu_count()} processors, {name}, with {vectors}"


class Keraskit:
    """The keraskit that is compared."""

    def __init__(self, program, cpu):
        self.program, self.cpu = program, cpu
        self.environment = {"KERASKIT_CPU": cpu} if cpu else {}

    def run(self, *arguments):
        result = subprocess.run(
            [self.program, *arguments], env={**os.environ, **self.environment}, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if result.returncode != 0:
            lines = result.stderr.strip().splitlines() or [f"status {result.returncode}"]
            raise RuntimeError(lines[0].removeprefix("keraskit: "))
        return result.stdout

    def multiply_adds(self, bundle):
        """The multiply-adds of one item."""
        return json.loads(self.run("inspect", bundle, "--json"))["multiply_adds"]

    def peak(self, bundle, threads):
        """The multiply-adds a second that this machine does in registers; by the fastest kernels,
        whatever keraskit itself was made to use."""
        figures = json.loads(Keraskit(self.program, None).run(
            "bench", bundle, "--threads", str(threads), "--seconds", "0", "--json"))
        return figures["peak_multiply_adds_per_second"]
