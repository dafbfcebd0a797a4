# Makes density.json: DBSCAN and HDBSCAN by scikit-learn (pip install scikit-learn==1.9.1 numpy==2.4.6).
#
#     python3 test/golden/density.py > test/golden/density.json

import json

import numpy as np
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.datasets import make_circles, make_moons

random = np.random.default_rng(19960802)


def blobs(sizes, dim, spreads):
    centres = random.uniform(-10, 10, (len(sizes), dim))
    parts = [random.normal(centre, spread, (size, dim)) for centre, size, spread in zip(centres, sizes, spreads)]
    points = np.concatenate([*parts, random.uniform(-15, 15, (sum(sizes) // 10, dim))])
    return random.permutation(points)


def case(name, points, radius, neighbours_min, cluster_rows_min):
    # float32 is what is clustered on both sides. A core distance is the length of several edges of the tree; scikit-learn
    # takes them apart in the order of its sort, so that neighbours_min is 2 where that order would show.
    points = points.astype(np.float32)
    flat = DBSCAN(eps=radius, min_samples=neighbours_min, algorithm="brute").fit(points.astype(np.float64))
    deep = HDBSCAN(
        min_cluster_size=cluster_rows_min, min_samples=neighbours_min, algorithm="brute", copy=True
    ).fit(points.astype(np.float64))
    return {
        "name": name,
        "dim": points.shape[1],
        "points": [float(value) for value in points.ravel()],
        "radius": radius,
        "neighbours_min": neighbours_min,
        "cluster_rows_min": cluster_rows_min,
        "dbscan": flat.labels_.tolist(),
        "cores": flat.core_sample_indices_.tolist(),
        "hdbscan": deep.labels_.tolist(),
        "strengths": np.round(deep.probabilities_, 6).tolist(),
    }


def grid():
    # every distance is a tie, and every one is at the radius or far from it
    return np.array([[x, y] for x in range(6) for y in range(6)] + [[20, 20], [20, 21], [21, 20], [40, 0]], float)


cases = [
    case("moons", make_moons(250, noise=0.06, random_state=1)[0], 0.15, 5, 10),
    case("circles", make_circles(250, noise=0.04, factor=0.5, random_state=2)[0], 0.2, 4, 8),
    case("blobs of different densities", blobs([80, 60, 100], 2, [0.3, 1.0, 2.0]), 0.9, 5, 12),
    case("blobs in eight dimensions", blobs([60, 60, 60, 40], 8, [0.5, 0.8, 1.0, 0.6]), 2.5, 6, 10),
    case("much noise", random.uniform(0, 10, (250, 2)), 0.5, 2, 5),
    case("small clusters", blobs([9] * 20, 3, [0.4] * 20), 1.2, 2, 5),
]
on_grid = case("ties on a grid", grid(), 1.0, 3, 3)
# HDBSCAN's tree isn't one where distances tie
del on_grid["hdbscan"], on_grid["strengths"]
print("[\n" + ",\n".join(json.dumps(each) for each in [*cases, on_grid]) + "\n]")
