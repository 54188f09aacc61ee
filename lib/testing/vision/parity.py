"""Results of scipy, scikit-image, trackpy and numpy for comparison with the probe's own kernels.

Reads {name: arguments} as JSON from standard input and writes {name: answer}. Images are
{"width", "height", "data"}, rows from the top; positions are counted from pixel centres.
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
import trackpy
from scipy import ndimage, optimize
from skimage import filters, measure

EIGHT = np.ones((3, 3), dtype=int)


def image(plane):
    return np.asarray(plane["data"], dtype=float).reshape(plane["height"], plane["width"])


def quantiles(values, shares):
    return [float(np.quantile(values, share)) for share in shares]


def otsu(values):
    # A pixel column: float images get 256 bins between their minimum and maximum.
    return float(filters.threshold_otsu(np.asarray(values, dtype=float), nbins=256))


def gaussian(plane, sigma, radius):
    return ndimage.gaussian_filter(image(plane), sigma, mode="nearest", radius=radius).ravel().tolist()


def pieces(mask, weights):
    labels, count = ndimage.label(image(mask), structure=EIGHT)
    numbers = range(1, count + 1)
    weighted = ndimage.center_of_mass(image(weights), labels, numbers)
    found = measure.regionprops(labels)

    def elongation(region):
        # A pixel is a square, not a point: it has a second moment of 1/12 itself.
        longer, shorter = (moment + 1 / 12 for moment in region.inertia_tensor_eigvals)
        return float(np.sqrt(longer / shorter))

    return [
        {
            "x": x,
            "y": y,
            "area": int(region.area),
            "elongation": elongation(region),
        }
        for region, (y, x) in zip(found, weighted)
    ]


def holes(mask):
    return ndimage.binary_fill_holes(image(mask)).astype(int).ravel().tolist()


def assignment(matrices):
    answers = []
    for cost in matrices:
        cost = np.asarray(cost, dtype=float)
        rows, columns = optimize.linear_sum_assignment(cost)
        answers.append(float(cost[rows, columns].sum()))
    return answers


def locate(planes, diameter, invert, minmass):
    def one(plane):
        # For integer images, trackpy expects the threshold in grey levels of the camera.
        found = trackpy.locate(
            image(plane).round().astype(np.uint8), diameter, minmass=minmass, invert=invert
        )
        return found[["x", "y"]].to_dict("records")

    return [one(plane) for plane in planes]


def link(frames, search_range, memory):
    rows = [
        {"frame": t, "x": p["x"], "y": p["y"], "index": i}
        for t, found in enumerate(frames)
        for i, p in enumerate(found)
    ]
    linked = trackpy.link(pd.DataFrame(rows), search_range, memory=memory)
    return [
        track.sort_values("frame")[["frame", "index"]].to_numpy().tolist()
        for _, track in linked.groupby("particle")
    ]


def table(tracks):
    return pd.DataFrame(
        [
            {"frame": frame, "particle": number, "x": point["x"], "y": point["y"]}
            for number, track in enumerate(tracks)
            for frame, point in zip(track["frames"], track["points"])
        ]
    )


def displacements(tracks, lags):
    rows = table(tracks)
    each = trackpy.imsd(rows, 1, 1, max_lagtime=lags, statistic="msd")
    return {
        "each": [
            [None if np.isnan(value) else float(value) for value in each[number]]
            for number in each.columns
        ],
        "all": trackpy.emsd(rows, 1, 1, max_lagtime=lags).tolist(),
    }


def drift(tracks):
    drifts = trackpy.compute_drift(table(tracks))
    return {"frames": [int(t) for t in drifts.index], "x": drifts.x.tolist(), "y": drifts.y.tolist()}


def film(path, width, height, frames, diameter, minmass, search_range, memory, shortest, lags):
    """A film of 8-bit grey frames, from marks to mean squared displacements in pixels."""
    shape = (frames, height, width)
    grey = np.fromfile(path, dtype=np.uint8, count=frames * height * width).reshape(shape)
    marks = trackpy.batch(grey, diameter, minmass=minmass, invert=True, processes=1)
    tracks = trackpy.filter_stubs(trackpy.link(marks, search_range, memory=memory), shortest)
    tracks = tracks.reset_index(drop=True)
    still = trackpy.subtract_drift(tracks, trackpy.compute_drift(tracks))
    # Drift is indexed by frame, which trackpy's next step would confuse with a column of that name.
    still = still.reset_index(drop=True)
    curve = trackpy.emsd(still, 1, 1, max_lagtime=lags, detail=True)
    power = trackpy.utils.fit_powerlaw(curve["msd"], plot=False)
    return {
        "marks": len(marks) / frames,
        "tracks": int(still["particle"].nunique()),
        "squares": curve["msd"].tolist(),
        "pairs": curve["N"].tolist(),
        "exponent": float(power["n"].iloc[0]),
        "factor": float(power["A"].iloc[0]),
    }


KERNELS = {
    function.__name__: function
    for function in (
        quantiles, otsu, gaussian, pieces, holes, assignment, locate, link, displacements, drift, film
    )
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    trackpy.quiet()
    asked = json.load(sys.stdin)
    answers = {
        name: KERNELS[question["kernel"]](**question["arguments"])
        for name, question in asked.items()
    }
    json.dump(answers, sys.stdout)
