"""Load at a pace of its own: requests begin when their time has come, answered or not."""
import collections
import random
import selectors
import time

from .http import statuses


class Paced:
    """Requests at a rate, at random moments, each on a connection that has no other under way."""

    def __init__(self, server, request, rate, seconds):
        """`request` is the bytes of a whole request that keeps its connection."""
        self.server, self.request, self.rate, self.seconds = server, request, rate, seconds
        self.selector = selectors.DefaultSelector()
        self.free = []
        self.times = collections.defaultdict(list)

    def run(self):
        """The seconds that each status took, in lists by status."""
        start = time.perf_counter()
        due = start
        while due - start < self.seconds:
            while (now := time.perf_counter()) < due:
                self.hear(due - now)
            self.begin(due)
            due += random.expovariate(self.rate)
            self.hear(0)
        end = time.perf_counter() + 10
        while self.selector.get_map() and time.perf_counter() < end:
            self.hear(0.1)
        lost = list(self.selector.get_map().values())
        for key in lost:
            self.times["no answer"].append(10)
            key.fileobj.close()
        for plain in self.free:
            plain.close()
        self.selector.close()
        return self.times

    def begin(self, due):
        plain = self.free.pop() if self.free else self.server.socket(10)
        try:
            plain.sendall(self.request)
        except OSError:
            plain.close()
            return self.begin(due)
        self.selector.register(plain, selectors.EVENT_READ, due)

    def hear(self, seconds):
        for key, _ in self.selector.select(max(0, seconds)):
            self.selector.unregister(key.fileobj)
            try:
                received = key.fileobj.recv(65536)
            except OSError:
                received = b""
            status = (statuses(received) or ["closed"])[0]
            # The time begins when the request was due, not when this program came to it.
            self.times[status].append(time.perf_counter() - key.data)
            if received and b"onnection: close" not in received:
                self.free.append(key.fileobj)
            else:
                key.fileobj.close()


def quantile(times, share):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
