"""The models in Ciw: a network of nodes, each with its distributions."""

from time import process_time

import ciw

from bench.peers.models import Done, Model, Queue


def simulate(model: Model, seed: int) -> Done:
    """Simulate a model once; what Ciw counts is read from its records afterwards."""
    ciw.seed(seed)
    network = _queue(model) if isinstance(model, Queue) else _tandem(model)
    begun = process_time()
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(model.until)
    seconds = process_time() - begun
    return _counted(simulation, seconds)


def _queue(model: Queue) -> ciw.network.Network:
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=model.rate)],
        service_distributions=[ciw.dists.Exponential(rate=1.0 / model.service)],
        number_of_servers=[model.servers],
    )


def _tandem(model: Model) -> ciw.network.Network:
    stages = len(model.pools)
    onward = [[model.onward[i] if j == i + 1 else 0.0 for j in range(stages)] for i in range(stages)]
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=model.rate), *(None for _ in range(stages - 1))],
        service_distributions=[ciw.dists.Exponential(rate=1.0 / mean) for mean in model.services],
        number_of_servers=list(model.pools),
        routing=onward,
        reneging_time_distributions=[ciw.dists.Deterministic(model.patience)] * stages,
    )


def _counted(simulation: ciw.Simulation, seconds: float) -> Done:
    records = simulation.get_all_records(only=["service", "renege"])
    kinds = [record.record_type for record in records]
    ends, renegings = kinds.count("service"), kinds.count("renege")
    in_service = sum(server.busy for node in simulation.transitive_nodes for server in node.servers)
    waits = [record.waiting_time for record in records if record.record_type == "service" and record.node == 1]
    arrivals = simulation.nodes[0].number_of_individuals
    return Done(arrivals, ends + in_service, ends, renegings, sum(waits) / len(waits), seconds)
