# Makes graph.json: what networkx, igraph and leidenalg find in small random graphs.
#
#     pip install networkx==3.6.1 scipy==1.17.1 igraph==1.0.0 leidenalg==0.12.0
#     python3 test/golden/graph.py > test/golden/graph.json && npx biome format --write test/golden/graph.json

import json
import random

import igraph
import leidenalg
import networkx as nx

random.seed(20080420)


def drawn(node_count, edge_count, reach):
    """Edges between the first `reach` of the nodes, so that some hang together with nothing."""
    edges = {}
    while len(edges) < edge_count:
        source, target = random.randrange(reach), random.randrange(reach)
        if source != target and (target, source) not in edges:
            edges[source, target] = round(random.uniform(0.1, 5), 3)
    return node_count, [[*pair, weight] for pair, weight in edges.items()]


def planted(group_count, group_size, inside, outside):
    edges = []
    node_count = group_count * group_size
    for source in range(node_count):
        for target in range(source + 1, node_count):
            same = source // group_size == target // group_size
            if random.random() < (inside if same else outside):
                edges.append([source, target, round(random.uniform(0.5, 1.5), 3)])
    return node_count, edges


def graph_of(node_count, edges, directed):
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(node_count))
    graph.add_weighted_edges_from(edges)
    return graph


def row(by_node, node_count, missing=None):
    return [by_node.get(node, missing) for node in range(node_count)]


def numbered(groups, node_count):
    """Group numbers in the order of their first nodes."""
    numbers = [0] * node_count
    for number, group in enumerate(sorted(groups, key=min)):
        for node in group:
            numbers[node] = number
    return numbers


def sets_of(numbers):
    return [{node for node, number in enumerate(numbers) if number == group} for group in set(numbers)]


def ranks(graph, node_count, **options):
    return row(nx.pagerank(graph, tol=1e-15, max_iter=10_000, **options), node_count)


def case(name, node_count, edges, directed):
    graph = graph_of(node_count, edges, directed)
    teleport = [node % 3 for node in range(node_count)]
    division = [node % 5 for node in range(node_count)]
    found = {
        "name": name,
        "node_count": node_count,
        "is_directed": directed,
        "edges": edges,
        "pagerank": ranks(graph, node_count, weight=None),
        "pagerank_by_weight": ranks(graph, node_count),
        "pagerank_damped": ranks(graph, node_count, weight=None, alpha=0.5),
        "teleport": teleport,
        "pagerank_personal": ranks(
            graph, node_count, weight=None, personalization=dict(enumerate(teleport))
        ),
        "components": numbered(
            nx.weakly_connected_components(graph) if directed else nx.connected_components(graph), node_count
        ),
        "hops": row(nx.single_source_shortest_path_length(graph, 0), node_count),
        "distances": row(nx.single_source_dijkstra_path_length(graph, 0), node_count),
        "cores": row(nx.core_number(graph), node_count),
        "betweenness": row(nx.betweenness_centrality(graph, normalized=False), node_count),
        "betweenness_normalized": row(nx.betweenness_centrality(graph), node_count),
        "division": division,
        "modularity": nx.community.modularity(graph, sets_of(division), weight=None),
        "modularity_by_weight": nx.community.modularity(graph, sets_of(division), resolution=1.7),
    }
    if not directed:
        found["clustering"] = row(nx.clustering(graph), node_count)
        found["leiden"] = leiden(node_count, edges)
        found["louvain"] = max(
            nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed), weight="weight")
            for seed in range(20)
        )
    assert igraph_agrees(found, edges)
    return found


def leiden(node_count, edges):
    """The best modularity of 20 runs, each until nothing changes."""
    graph = igraph.Graph(node_count, [edge[:2] for edge in edges])
    weights = [weight for *_, weight in edges]
    kind = leidenalg.ModularityVertexPartition
    return max(
        leidenalg.find_partition(graph, kind, weights=weights, n_iterations=-1, seed=seed).modularity
        for seed in range(20)
    )


def igraph_agrees(found, edges):
    graph = igraph.Graph(found["node_count"], [edge[:2] for edge in edges], directed=found["is_directed"])
    near = lambda left, right: all(abs(a - b) < 1e-9 for a, b in zip(left, right))
    ranked = graph.pagerank(implementation="prpack")
    return near(ranked, found["pagerank"]) and graph.coreness() == found["cores"] and near(
        graph.betweenness(), found["betweenness"]
    )


cases = [
    case("sparse, directed", *drawn(60, 130, 52), True),
    case("dense, directed", *drawn(40, 400, 40), True),
    case("sparse, without direction", *drawn(70, 100, 60), False),
    case("planted groups", *planted(5, 20, 0.4, 0.04), False),
]
karate = nx.karate_club_graph()
loops = graph_of(4, [[0, 1, 1], [1, 2, 2], [2, 2, 3], [0, 0, 0.5], [2, 3, 1]], False)
print(
    json.dumps(
        {
            "cases": cases,
            "loops": {
                "modularity": nx.community.modularity(loops, [{0, 1}, {2, 3}], weight="weight"),
                "pagerank": ranks(loops, 4),
            },
            "karate": {
                "edges": [list(edge) for edge in karate.edges()],
                "clubs": [0 if karate.nodes[node]["club"] == "Mr. Hi" else 1 for node in karate],
                "modularity_of_clubs": nx.community.modularity(
                    karate,
                    [
                        {node for node in karate if karate.nodes[node]["club"] == club}
                        for club in ("Mr. Hi", "Officer")
                    ],
                    weight=None,
                ),
            },
        }
    )
)
