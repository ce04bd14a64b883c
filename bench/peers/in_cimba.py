"""The models in cimba: compiled Python on C coroutines.

The queue comes with a process for each server, as cimba's own introduction writes it, and both models with a process
for each customer, as a funnel needs it.
"""

from time import process_time

import cimba as cb
from cimba import inputs

from bench.peers.models import Done, Model, Queue, Tandem

GAVE_UP = 42
"""The signal of the patience timer."""


def simulate_servers(model: Queue, seed: int) -> Done:
    """Simulate the queue with a process for each server; the mean wait follows from the mean line (Little)."""
    desk = Counter()
    desk.gap, desk.service = _exponential(1.0 / model.rate), _exponential(model.service)
    results, seconds = _run(desk, model, seed)
    arrivals, starts, ends = _whole(results[desk], "arrivals", "starts", "ends")
    return Done(arrivals, starts, ends, 0, _mean(results[desk].waiting) / model.rate, seconds)


def simulate_leads(model: Model, seed: int) -> Done:
    """Simulate a model with a process for each customer."""
    return _simulate_customers(model, seed) if isinstance(model, Queue) else _simulate_tandem(model, seed)


def _simulate_customers(model: Queue, seed: int) -> Done:
    desk = Desk()
    desk.gap, desk.service = _exponential(1.0 / model.rate), _exponential(model.service)
    desk.servers = cb.Resource(capacity=model.servers)
    results, seconds = _run(desk, model, seed)
    arrivals, starts, ends = _whole(results[desk], "arrivals", "starts", "ends")
    return Done(arrivals, starts, ends, 0, _mean(results[desk].waited) / starts, seconds)


def _simulate_tandem(model: Tandem, seed: int) -> Done:
    funnel = Funnel()
    funnel.gap, funnel.patience = _exponential(1.0 / model.rate), model.patience
    funnel.pools = [_pool(*stage) for stage in zip(model.services, model.pools, model.onward, strict=True)]
    results, seconds = _run(funnel, model, seed)
    (arrivals,) = _whole(results[funnel], "arrivals")
    counts = [_whole(results[pool], "starts", "ends", "renegings") for pool in funnel.pools]
    starts, ends, renegings = map(sum, zip(*counts, strict=True))
    wait = _mean(results[funnel.pools[0]].waited) / counts[0][0]
    return Done(arrivals, starts, ends, renegings, wait, seconds)


def _pool(service: float, size: int, onward: float) -> "Pool":
    pool = Pool()
    pool.service, pool.onward, pool.servers = _exponential(service), onward, cb.Resource(capacity=size)
    return pool


def _exponential(mean: float) -> inputs.dist.DistributionSource:
    return inputs.dist.exponential(mean=mean)


def _run(simulated: cb.Model, model: Model, seed: int) -> tuple[cb.Results, float]:
    """Run on one thread; cimba compiles a class when it first runs, so the first call's time is no measure."""
    experiment = cb.Experiment(simulated, window=cb.Window(duration=model.until), seed=seed)
    begun = process_time()
    results = experiment.run(workers=1)
    seconds = process_time() - begun
    if results.failed.any():
        raise RuntimeError(f"cimba: {results.failure_reasons}")
    return results, seconds


def _whole(found: cb.results.InstanceResults, *names: str) -> list[int]:
    return [int(_mean(getattr(found, name))) for name in names]


def _mean(samples: cb.Samples) -> float:
    return float(samples.values.mean())


class Counter(cb.Model):
    """Ten server processes that take customers from a counted line."""

    gap: cb.Input[float]
    service: cb.Input[float]
    line: cb.Container
    arrivals: cb.Output[int] = 0
    starts: cb.Output[int] = 0
    ends: cb.Output[int] = 0
    waiting: cb.Output[float]

    @cb.process
    def arrive(self) -> None:
        """Customers arrive for ever."""
        while True:
            cb.hold(self.gap.next())
            self.arrivals += 1
            self.line.put(1)

    @cb.process(copies=10)
    def serve(self) -> None:
        """A server works for ever."""
        while True:
            self.line.get(1)
            self.starts += 1
            cb.hold(self.service.next())
            self.ends += 1

    @cb.on_end
    def measure(self) -> None:
        """Keep the mean length of the line."""
        self.waiting = self.line.mean_level()


class Customer(cb.Model):
    """A customer of the queue as a process."""

    desk: cb.Ref["Desk"]

    @cb.process
    def live(self) -> None:
        """Wait for a server, be served, leave."""
        desk = self.desk
        arrived = cb.now()
        desk.servers.acquire()
        desk.starts += 1
        desk.waited += cb.now() - arrived
        cb.hold(desk.service.next())
        desk.ends += 1
        desk.servers.release()
        cb.release(self)


class Desk(cb.Model):
    """The queue with a process for each customer."""

    gap: cb.Input[float]
    service: cb.Input[float]
    servers: cb.Resource
    arrivals: cb.Output[int] = 0
    starts: cb.Output[int] = 0
    ends: cb.Output[int] = 0
    waited: cb.Output[float] = 0.0

    @cb.process
    def arrive(self) -> None:
        """Customers arrive for ever."""
        while True:
            cb.hold(self.gap.next())
            self.arrivals += 1
            cb.spawn(Customer, desk=self)


class Pool(cb.Model):
    """A stage of the tandem: its servers, its service and its counts."""

    service: cb.Input[float]
    onward: cb.Param[float]
    servers: cb.Resource
    starts: cb.Output[int] = 0
    ends: cb.Output[int] = 0
    renegings: cb.Output[int] = 0
    waited: cb.Output[float] = 0.0


class Lead(cb.Model):
    """A lead of the tandem as a process."""

    funnel: cb.Ref["Funnel"]

    @cb.process
    def live(self) -> None:
        """Go from stage to stage until chance or patience ends it."""
        me = cb.this_process()
        for place in range(len(self.funnel.pools)):
            pool = self.funnel.pools[place]
            arrived = cb.now()
            me.timer_set(self.funnel.patience, GAVE_UP)
            if pool.servers.acquire() == GAVE_UP:
                pool.renegings += 1
                break
            me.timers_clear()
            pool.starts += 1
            pool.waited += cb.now() - arrived
            cb.hold(pool.service.next())
            pool.ends += 1
            pool.servers.release()
            if cb.random.uniform() >= pool.onward:
                break
        cb.release(self)


class Funnel(cb.Model):
    """The tandem with a process for each lead."""

    gap: cb.Input[float]
    patience: cb.Param[float]
    pools: list[Pool]
    arrivals: cb.Output[int] = 0

    @cb.process
    def arrive(self) -> None:
        """Leads arrive for ever."""
        while True:
            cb.hold(self.gap.next())
            self.arrivals += 1
            cb.spawn(Lead, funnel=self)
