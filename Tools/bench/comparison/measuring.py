"""Measures all runtimes of a cell by turns: many short rounds, in an order drawn anew each time.

Each runtime is started anew twice in between: where its memory comes to lie, and on which processor
its threads, is luck, which one process keeps for all of its rounds.
"""
import random
import time

from .contenders import Contender

ROUNDS = 15
PROCESSES = 3


def measure(model, folder, batch, threads, keraskit, given):
    """The figures of every runtime for one model, batch and number of threads."""
    contenders = []
    try:
        for runtime in given.runtimes:
            contenders.append(Contender(runtime, model, folder, batch, threads, keraskit))
        take_turns(contenders, given.seconds)
        return {contender.runtime: contender.finish(given.quantile)
                for contender in contenders}
    finally:
        for contender in contenders:
            if contender.worker:
                contender.worker.end()


def take_turns(contenders, seconds):
    order = random.Random(0)
    for series in range(PROCESSES):
        if series > 0:
            for contender in contenders:
                contender.start_anew()
        take_series(contenders, seconds / PROCESSES, ROUNDS // PROCESSES, order)


def take_series(contenders, seconds, rounds, order):
    start = time.monotonic()
    for done in range(rounds):
        racing = [contender for contender in contenders if contender.worker]
        if not racing or (done > 0 and time.monotonic() - start > seconds):
            return
        order.shuffle(racing)
        for contender in racing:
            contender.take_turn(seconds / rounds / len(racing))
