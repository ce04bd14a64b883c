"""The models in SimPy as its guide teaches: a process for each customer, a `Resource` for each pool."""

from collections.abc import Generator
from random import Random
from time import process_time

import simpy

from bench.peers.models import Counts, Done, Model, Queue, Tandem

type Steps = Generator[simpy.Event]


def simulate(model: Model, seed: int) -> Done:
    """Simulate a model once."""
    env, luck, counts = simpy.Environment(), Random(seed), Counts()  # noqa: S311 - a simulation, not a secret
    source = _customers(env, model, luck, counts) if isinstance(model, Queue) else _leads(env, model, luck, counts)
    env.process(source)
    begun = process_time()
    env.run(until=model.until)
    seconds = process_time() - begun
    return counts.done(seconds)


def _customers(env: simpy.Environment, model: Queue, luck: Random, counts: Counts) -> Steps:
    servers = simpy.Resource(env, capacity=model.servers)
    while True:
        yield env.timeout(luck.expovariate(model.rate))
        env.process(_customer(env, servers, model, luck, counts))


def _customer(env: simpy.Environment, servers: simpy.Resource, model: Queue, luck: Random, counts: Counts) -> Steps:
    counts.arrivals += 1
    arrived = env.now
    with servers.request() as request:
        yield request
        counts.starts += 1
        counts.served_first += 1
        counts.waited += env.now - arrived
        yield env.timeout(luck.expovariate(1.0 / model.service))
        counts.ends += 1


def _leads(env: simpy.Environment, model: Tandem, luck: Random, counts: Counts) -> Steps:
    pools = [simpy.Resource(env, capacity=size) for size in model.pools]
    while True:
        yield env.timeout(luck.expovariate(model.rate))
        env.process(_lead(env, pools, model, luck, counts))


def _lead(env: simpy.Environment, pools: list[simpy.Resource], model: Tandem, luck: Random, counts: Counts) -> Steps:
    counts.arrivals += 1
    for stage, pool in enumerate(pools):
        arrived = env.now
        with pool.request() as request:
            outcome = yield request | env.timeout(model.patience)
            if request not in outcome:
                counts.renegings += 1
                return
            counts.starts += 1
            if stage == 0:
                counts.served_first += 1
                counts.waited += env.now - arrived
            yield env.timeout(luck.expovariate(1.0 / model.services[stage]))
            counts.ends += 1
        if luck.random() >= model.onward[stage]:
            return
