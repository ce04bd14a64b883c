"""The models in salabim: components with processes, with the monitors that it keeps unless told otherwise."""

from dataclasses import dataclass
from time import process_time

import salabim as sim

from bench.peers.models import Counts, Done, Model, Queue


def simulate(model: Model, seed: int) -> Done:
    """Simulate a model once."""
    env = sim.Environment(trace=False, random_seed=seed)
    counts = Counts()
    if isinstance(model, Queue):
        desk = _Pool(sim.Resource("servers", capacity=model.servers, env=env), sim.Exponential(model.service, env=env))
        _source(env, _Customer, model, desk=desk, counts=counts)
    else:
        pools = [
            _Pool(sim.Resource(f"pool {i}", capacity=size, env=env), sim.Exponential(mean, env=env), share)
            for i, (size, mean, share) in enumerate(zip(model.pools, model.services, model.onward, strict=True))
        ]
        _source(env, _Lead, model, pools=pools, patience=model.patience, counts=counts)
    begun = process_time()
    env.run(till=model.until)
    seconds = process_time() - begun
    return counts.done(seconds)


def _source(env: sim.Environment, kind: type[sim.Component], model: Model, **told: object) -> None:
    gaps = sim.Exponential(1.0 / model.rate, env=env)
    sim.ComponentGenerator(kind, iat=gaps, at=gaps.sample(), env=env, **told)


@dataclass
class _Pool:
    servers: sim.Resource
    service: sim.Exponential
    onward: float = 0.0


class _Customer(sim.Component):
    def setup(self, desk: _Pool, counts: Counts) -> None:
        """Remember what the process needs."""
        self.desk, self.counts = desk, counts

    def process(self) -> None:
        """Wait for a server, be served, leave."""
        counts = self.counts
        counts.arrivals += 1
        arrived = self.env.now()
        self.request(self.desk.servers)
        counts.starts += 1
        counts.served_first += 1
        counts.waited += self.env.now() - arrived
        self.hold(self.desk.service.sample())
        counts.ends += 1
        self.release(self.desk.servers)


class _Lead(sim.Component):
    def setup(self, pools: list[_Pool], patience: float, counts: Counts) -> None:
        """Remember what the process needs."""
        self.pools, self.patience, self.counts = pools, patience, counts

    def process(self) -> None:
        """Go from stage to stage until chance or patience ends it."""
        counts = self.counts
        counts.arrivals += 1
        for pool in self.pools:
            arrived = self.env.now()
            self.request(pool.servers, fail_delay=self.patience)
            if self.failed():
                counts.renegings += 1
                return
            counts.starts += 1
            if pool is self.pools[0]:
                counts.served_first += 1
                counts.waited += self.env.now() - arrived
            self.hold(pool.service.sample())
            counts.ends += 1
            self.release(pool.servers)
            if sim.random.random() >= pool.onward:
                return
