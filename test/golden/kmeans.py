# Makes kmeans.json: Lloyd's k-means and silhouettes by scikit-learn (pip install scikit-learn==1.9.1 numpy==2.4.6).
# Points are rounded to three digits, so that the file says exactly what was clustered.
#
#     python3 test/golden/kmeans.py > test/golden/kmeans.json

import json

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples

random = np.random.default_rng(19820301)


def case(name, points, cluster_count, iterations_max=300, tolerance=0.0):
    points = np.round(points, 3)
    starts = points[random.choice(len(points), cluster_count, replace=False)]
    model = KMeans(
        cluster_count, init=starts, n_init=1, max_iter=iterations_max, tol=tolerance, algorithm="lloyd"
    ).fit(points)
    return {
        "name": name,
        "dim": points.shape[1],
        "points": points.ravel().tolist(),
        "starts": starts.ravel().tolist(),
        "cluster_count": cluster_count,
        "iterations_max": iterations_max,
        "assignments": model.labels_.tolist(),
        "centroids": np.round(model.cluster_centers_, 6).ravel().tolist(),
        "inertia": float(model.inertia_),
        "silhouettes": np.round(silhouette_samples(points, model.labels_), 6).tolist(),
    }


def blobs(row_count, dim, blob_count, spread, origin=0.0):
    centres = random.uniform(-10, 10, (blob_count, dim)) + origin
    return centres[random.integers(blob_count, size=row_count)] + random.normal(0, spread, (row_count, dim))


cases = [
    case("clear blobs in a plane", blobs(240, 2, 5, 0.5), 5),
    case("overlapping blobs", blobs(300, 3, 6, 4.0), 6),
    case("noise in nine dimensions", random.normal(0, 1, (200, 9)), 7),
    case("far from the origin", blobs(150, 4, 4, 1.0, origin=1000.0), 4),
    case("one dimension", random.uniform(0, 100, (120, 1)), 3),
    case("stopped after three iterations", blobs(200, 5, 8, 3.0), 8, iterations_max=3),
    case("seventeen clusters", blobs(300, 6, 17, 0.8), 17),
]
print("[\n" + ",\n".join(json.dumps(each) for each in cases) + "\n]")
