"""Many clients at a time, in threads."""
import queue
import threading
import time


class Crowd:
    """Threads that ask again and again until they are stopped; what comes is counted."""

    def __init__(self, count, ask):
        """`ask` makes one request and gives its status; what it raises is counted by its kind."""
        self.ask = ask
        self.results = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def _run(self):
        while not self.stopping.is_set():
            self.results.put(timed(self.ask))

    def counts(self):
        """How often each status, or kind of failure, has come so far, and is then forgotten."""
        counts, times = {}, []
        while True:
            try:
                result, seconds = self.results.get_nowait()
            except queue.Empty:
                return counts, sorted(times)
            counts[result] = counts.get(result, 0) + 1
            times.append(seconds)


def timed(ask):
    """A status, or the name of what was raised, and the seconds that it took."""
    start = time.monotonic()
    try:
        result = ask()
    except Exception as error:
        result = type(error).__name__
    return result, time.monotonic() - start


def all_at_once(asks):
    """The results and times of requests that are made at the same moment, in their order."""
    results = [None] * len(asks)
    barrier = threading.Barrier(len(asks))

    def run(index):
        barrier.wait()
        results[index] = timed(asks[index])
    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
