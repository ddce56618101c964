"""Optimal transport: on the line, exact on a cost matrix, and entropic."""

import itertools
from fractions import Fraction

from mpmath import mp, mpf

from entries.heads import split
from entries.pointwise import sign
from table import Entry, number


def fraction(value):
    """An mpf as the rational number that it is."""
    s, mantissa, exponent, _ = value._mpf_
    return Fraction(-int(mantissa) if s else int(mantissa)) * Fraction(2) ** int(exponent)


def real(value):
    return mpf(value.numerator) / value.denominator


# On the line.

def monotone_plan(a, a_weights, b, b_weights):
    """(i, j, mass) of the coupling that is optimal for every order; masses are exact, and sum to 1."""
    def shares(weights):
        exact = [fraction(w) for w in weights]
        return [w / sum(exact) for w in exact]
    a_left, b_left = shares(a_weights), shares(b_weights)
    i_order = sorted(range(len(a)), key=lambda i: a[i])
    j_order = sorted(range(len(b)), key=lambda j: b[j])
    i = j = 0
    while i < len(a) and j < len(b):
        u, v = i_order[i], j_order[j]
        mass = min(a_left[u], b_left[v])
        yield u, v, mass
        a_left[u] -= mass
        b_left[v] -= mass
        # Both are used up at the end, exactly.
        if not a_left[u]:
            i += 1
        if not b_left[v]:
            j += 1


def wasserstein(parameters, a, a_weights, b, b_weights):
    order = int(parameters.get("order", 1))
    plan = [(i, j, real(mass)) for i, j, mass in monotone_plan(a, a_weights, b, b_weights)]
    power = sum((mass * abs(a[i] - b[j]) ** order for i, j, mass in plan), mpf(0))
    value = power ** (mpf(1) / order)
    ties = len(set(a)) < len(a) or not value or (order == 1 and set(a) & set(b))
    if ties:
        return [[value], None]
    gradient = [mpf(0)] * len(a)
    for i, j, mass in plan:
        d = a[i] - b[j]
        gradient[i] += mass * sign(d) * (abs(d) / value) ** (order - 1)
    return [[value], gradient]


def weights(draw, length):
    if draw.coin(0.4):
        return [1.0] * length
    if draw.coin(0.6):
        return draw.dyadic(length)
    return [draw.positive(-4, 2) for _ in range(length)]


def draw_wasserstein(draw, region, _):
    n, m = draw.length(), draw.length()
    if region == "cancel" and draw.coin():
        m = n
    base = 0.0
    if region == "ordinary":
        a, b = ([draw.ordinary() for _ in range(k)] for k in (n, m))
    elif region == "edge" and draw.coin():
        power = draw.pick([-1, 1]) * draw.integer(20, draw.wide)
        a, b = ([draw.round(draw.uniform(-2, 2) * 2.0 ** power) for _ in range(k)] for k in (n, m))
    elif region == "edge":  # ties within and between
        a, b = ([draw.pick([-0.0, 0.0, 0.5, 1.0, 2.0]) for _ in range(k)] for k in (n, m))
    else:
        if region == "cancel":
            base = draw.pick([0.0, draw.ordinary(4, 20)])
        a, b = ([draw.round(base + draw.uniform(-5, 5)) for _ in range(k)] for k in (n, m))
    if region == "cancel" and n == m:  # nearly the same sample, in another order
        b = [draw.near(v) for v in a[1:] + a[:1]]
        if draw.coin():
            return [a, [1.0] * n, b, [1.0] * n]
    return [a, weights(draw, n), b, weights(draw, m)]


# On a cost matrix, exactly.

def minimal_cost(costs, supply, demand):
    """Successive shortest paths on rationals; the final potentials prove the optimum."""
    n, m = len(supply), len(demand)
    supply, demand = list(supply), list(demand)
    flow = [[Fraction(0)] * m for _ in range(n)]
    potentials = None
    while True:
        # Bellman-Ford over rows 0..n-1 and columns n..n+m-1, from all rows that have supply left.
        distance = [Fraction(0) if s else None for s in supply] + [None] * m
        before = [None] * (n + m)
        changed = True
        while changed:
            changed = False
            for i, j in itertools.product(range(n), range(m)):
                for u, v, cost, usable in ((i, n + j, costs[i][j], True), (n + j, i, -costs[i][j], flow[i][j] > 0)):
                    if usable and distance[u] is not None and (distance[v] is None or distance[u] + cost < distance[v]):
                        distance[v], before[v], changed = distance[u] + cost, u, True
        ends = [n + j for j in range(m) if demand[j]]
        if not ends:
            break
        end = min(ends, key=lambda v: distance[v])
        path = [end]
        while before[path[-1]] is not None:
            path.append(before[path[-1]])
        path.reverse()
        steps = list(zip(path, path[1:]))
        mass = min(supply[path[0]], demand[end - n], *(flow[v][u - n] for u, v in steps if u >= n))
        for u, v in steps:
            if u < n:
                flow[u][v - n] += mass
            else:
                flow[v][u - n] -= mass
        supply[path[0]] -= mass
        demand[end - n] -= mass
    potentials = duals(costs, flow)
    if any(costs[i][j] - potentials[n + j] + potentials[i] < 0 for i in range(n) for j in range(m)):
        raise ArithmeticError("the potentials do not prove the optimum")
    return sum(flow[i][j] * costs[i][j] for i in range(n) for j in range(m))


def duals(costs, flow):
    """Shortest distances from everywhere at 0 in the residual graph; no negative cycle means optimal."""
    n, m = len(flow), len(flow[0])
    distance = [Fraction(0)] * (n + m)
    for _ in range(n + m + 1):
        for i, j in itertools.product(range(n), range(m)):
            distance[n + j] = min(distance[n + j], distance[i] + costs[i][j])
            if flow[i][j]:
                distance[i] = min(distance[i], distance[n + j] - costs[i][j])
    for i, j in itertools.product(range(n), range(m)):
        if flow[i][j] and distance[n + j] - distance[i] != costs[i][j]:
            raise ArithmeticError("a used edge is not tight: not optimal")
    return distance


def optimal_transport(_, costs, a, b):
    matrix = split([fraction(c) for c in costs], len(a))
    return [[real(minimal_cost(matrix, list(map(fraction, a)), list(map(fraction, b))))]]


def least_of_all_bases(costs, supply, demand):
    """The same by trying every basis: only for the self-test."""
    n, m = len(supply), len(demand)
    edges = list(itertools.product(range(n), range(m)))
    best = None
    for basis in itertools.combinations(edges, n + m - 1):
        left, open_edges, flow = list(supply) + list(demand), list(basis), {}
        # A tree is solved from its leaves; what is no tree gets stuck.
        while open_edges:
            degree = [0] * (n + m)
            for i, j in open_edges:
                degree[i] += 1
                degree[n + j] += 1
            leaf = next(((i, j) for i, j in open_edges if 1 in (degree[i], degree[n + j])), None)
            if leaf is None:
                break
            i, j = leaf
            mass = left[i] if degree[i] == 1 else left[n + j]
            flow[leaf] = mass
            left[i] -= mass
            left[n + j] -= mass
            open_edges.remove(leaf)
        if not open_edges and not any(left) and min(flow.values()) >= 0:
            cost = sum(costs[i][j] * mass for (i, j), mass in flow.items())
            best = cost if best is None else min(best, cost)
    return best


def check_bases():
    """Messages where the two ways differ."""
    from table import cases, exact
    entry = next(e for e in ENTRIES if e.table == "optimal_transport")
    wrong, done = [], 0
    for _, region, inputs in cases(entry, "f64"):
        costs, a, b = ([fraction(v) for v in exact(vector)] for vector in inputs)
        if len(costs) <= 12 and region != "edge" and done < 60:
            done += 1
            matrix = split(costs, len(a))
            if minimal_cost(matrix, a, b) != least_of_all_bases(matrix, a, b):
                wrong.append(f"optimal_transport at {inputs}: not the least of all bases")
    return wrong


def costs(draw, region, n, m, wide):
    if region == "ordinary":
        return [draw.positive(-4, 2) for _ in range(n * m)]
    if region == "cancel":
        base = draw.uniform(0.5, 4)
        return [draw.near(base) for _ in range(n * m)]
    if region == "edge":
        kind = draw.integer(0, 2)
        if kind == 0:
            return [draw.pick([0.0, 1.0, 2.0]) for _ in range(n * m)]
        if kind == 1 and wide:
            power = draw.pick([-1, 1]) * draw.integer(20, draw.wide)
            return [draw.round(draw.uniform(0, 2) * 2.0 ** power) for _ in range(n * m)]
        points = [draw.uniform(-1, 1) for _ in range(n + m)]  # squared distances on the line
        return [draw.round((x - y) ** 2) for x in points[:n] for y in points[n:]]
    return [draw.uniform(0, 5) for _ in range(n * m)]


def draw_transport(wide):
    def draw_case(draw, region, _):
        n, m = draw.integer(2, 4), draw.integer(2, 4)
        return [costs(draw, region, n, m, wide), draw.dyadic(n), draw.dyadic(m)]
    return draw_case


# Entropic.

def sinkhorn(parameters, costs, a, b):
    """Newton's method on the dual; P_ij = a_i b_j exp((f_i + g_j - C_ij) / epsilon), g of the last column 0."""
    epsilon = number(parameters, "epsilon", 1)
    n, m = len(a), len(b)
    c = [[v / epsilon for v in row] for row in split(costs, n)]
    f, g = [mpf(0)] * n, [mpf(0)] * m  # over epsilon

    def plan():
        return [[a[i] * b[j] * mp.exp(f[i] + g[j] - c[i][j]) for j in range(m)] for i in range(n)]

    # Some plain iterations reach the region where Newton's method converges.
    for _ in range(60):
        f = [-mp.log(sum(b[j] * mp.exp(g[j] - c[i][j]) for j in range(m))) for i in range(n)]
        g = [-mp.log(sum(a[i] * mp.exp(f[i] - c[i][j]) for i in range(n))) for j in range(m)]
    tolerance = mpf(2) ** (-mp.prec // 2)
    steps = 0
    while True:
        p = plan()
        rows, columns = [sum(row) for row in p], [sum(column) for column in zip(*p)]
        missing = [x - y for x, y in zip(a, rows)] + [x - y for x, y in zip(b, columns)][:m - 1]
        size = n + m - 1
        jacobian = mp.zeros(size, size)
        for i in range(n):
            jacobian[i, i] = rows[i]
            for j in range(m - 1):
                jacobian[i, n + j] = jacobian[n + j, i] = p[i][j]
        for j in range(m - 1):
            jacobian[n + j, n + j] = columns[j]
        move = mp.lu_solve(jacobian, mp.matrix(missing))
        largest = max(abs(v) for v in move)
        scale = min(mpf(1), 1 / largest) if largest else mpf(1)  # damped far away
        f = [v + scale * move[i] for i, v in enumerate(f)]
        g = [v + scale * move[n + j] for j, v in enumerate(g[:-1])] + g[-1:]
        if largest < tolerance:  # and the step squares the error
            break
        steps += 1
        if steps > 200:
            raise ArithmeticError("Newton's method did not converge")
    p = plan()
    cost = sum(p[i][j] * c[i][j] for i in range(n) for j in range(m)) * epsilon
    entropy = sum(p[i][j] * (f[i] + g[j] - c[i][j]) for i in range(n) for j in range(m))
    return [[cost], [cost + epsilon * entropy]]


ENTRIES = [
    Entry("wasserstein", [f"wasserstein:order={k}" for k in (1, 2, 3)],
          ["a positions", "a weights", "b positions", "b weights"], ["value", "gradient by a positions"],
          draw_wasserstein, wasserstein, ((1, 0, 0),),
          ["weights are divided by their sum", "value = (integral |F^-1 - G^-1|^order)^(1/order)",
           "no gradient where a positions tie, at coincidence, and for order 1 where a position of a is one of b"],
          count=560, one=False),
    Entry("optimal_transport", ["optimal_transport"], ["cost matrix, row by row", "a", "b"], ["value"],
          draw_transport(wide=True), optimal_transport, one=False),
    Entry("sinkhorn", [f"sinkhorn:epsilon={e}" for e in (0.5, 0.125)], ["cost matrix, row by row", "a", "b"],
          ["transport cost <P, C>", "regularised value"], draw_transport(wide=False), sinkhorn,
          notes=["P minimises <P, C> + epsilon KL(P | a b^T); the regularised value is that minimum"]),
]
CHECKS = {"optimal_transport": (check_bases,)}
