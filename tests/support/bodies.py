"""Surfaces that are no arches, and models that stand on a base."""

import numpy as np

from local.samples.arch import Mesh, arch, sheet

_AROUND = np.linspace(0, 2 * np.pi, 91)


def turned(radii, heights):
    """A profile turned around the third axis."""
    x, y = radii[:, None] * np.cos(_AROUND), radii[:, None] * np.sin(_AROUND)
    # What was turned once around ends exactly where it began.
    x[:, -1], y[:, -1] = x[:, 0], y[:, 0]
    return sheet(np.stack([x, y, np.broadcast_to(heights[:, None], x.shape)], axis=2))


def ellipsoid(*, width=30.0, depth=30.0, height=30.0, share=1.0, noise=0.0):
    """A ball, or what becomes of it when it is pressed; a share of 0.5 is a dome."""
    polar = np.linspace(0.01, np.pi * share, 60)
    ball = turned(np.sin(polar), np.cos(polar))
    places = ball.vertices * (1 + noise * np.random.default_rng(1).normal(size=(len(ball.vertices), 1)))
    return Mesh((places * (width, depth, height)).astype(np.float32), ball.triangles)


def plane(noise_mm=0.0):
    """A flat sheet of 60 by 45 mm."""
    x, y = np.meshgrid(np.linspace(0, 60, 120), np.linspace(0, 45, 90))
    return sheet(np.stack([x, y, np.random.default_rng(1).normal(0, noise_mm, x.shape)], axis=2))


def block(width=62.0, depth=48.0, height=12.0):
    """A cuboid, closed, with the proportions of an arch."""
    corners = np.array([(x, y, z) for x in (0, width) for y in (0, depth) for z in (0, height)], dtype=np.float32)
    quads = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    return Mesh(corners, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))


def die():
    """One prepared tooth with its shoulder, cut free."""
    parts = [np.full(9, 4.5), np.linspace(4.5, 3.3, 6), np.linspace(3.3, 2.4, 40)[1:], np.linspace(2.4, 0.01, 10)[1:]]
    heights = [np.linspace(-6, 0, 9), np.zeros(6), np.linspace(0, 7, 40)[1:], np.full(9, 7.0)]
    return turned(np.concatenate(parts), np.concatenate(heights))


def on_base(jaw="lower", *, height_mm=35.0):
    """A closed model: an arch whose bottom is moved away from its teeth."""
    model = arch(jaw, steps=140)
    places = model.vertices.copy()
    bottom = np.abs(places[:, 1]) < 1e-4
    places[bottom, 1] += height_mm if jaw == "upper" else -height_mm
    return Mesh(places, model.triangles)


def turned_away(mesh, *, degrees=(20.0, 40.0, 60.0), moved_mm=(100.0, -50.0, 10.0)):
    """The same surface in another frame."""
    a, b, c = np.radians(degrees)
    x = np.array([(1, 0, 0), (0, np.cos(a), -np.sin(a)), (0, np.sin(a), np.cos(a))])
    y = np.array([(np.cos(b), 0, np.sin(b)), (0, 1, 0), (-np.sin(b), 0, np.cos(b))])
    z = np.array([(np.cos(c), -np.sin(c), 0), (np.sin(c), np.cos(c), 0), (0, 0, 1)])
    return Mesh((mesh.vertices @ (x @ y @ z).T + moved_mm).astype(np.float32), mesh.triangles)


def inside_out(mesh):
    """The same surface with its triangles turned around."""
    return Mesh(mesh.vertices, mesh.triangles[:, ::-1])


def without(mesh, is_left_out):
    """The surface without the triangles whose centers, shape (n, 3), are chosen."""
    return Mesh(mesh.vertices, mesh.triangles[~is_left_out(mesh.vertices[mesh.triangles].mean(axis=1))])
