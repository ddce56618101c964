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

def newton_step(p, a, b):
    """Newton's step in the potentials (over epsilon) of a plan that misses the marginals a and b; the last stays."""
    n, m = len(a), len(b)
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
    return list(mp.lu_solve(jacobian, mp.matrix(missing)))


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
        move = newton_step(p, a, b)
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


# Entropic, between points, and made a divergence. A float of mpmath has no largest exponent, so that the scaling
# factors of rows and columns can be taken as they are, without logarithms: P_ij = a_i u_i exp(-C_ij / epsilon) v_j b_j.

def rough(kernel):
    """Bits in which the region of Newton's method is reached: two groups hang together by so little."""
    magnitudes = [mp.mag(k) for row in kernel for k in row]
    return min(mp.prec, 64 + 2 * (max(magnitudes) - min(magnitudes)))


def ground(parameters, u, v):
    """What it costs from u to v, and its gradient by u: 0 at coincidence."""
    d = [x - y for x, y in zip(u, v, strict=True)]
    square = sum((x * x for x in d), mpf(0))
    if parameters["ground"] == "squared_euclidean":
        return square, [2 * x for x in d]
    length = mp.sqrt(square)
    return length, [x / length if length else mpf(0) for x in d]


def scaling_step(kernel, a, b, u, v):
    """Newton's step in the logarithms of u and v; the last of v stays."""
    n, m = len(a), len(b)
    return newton_step([[a[i] * u[i] * kernel[i][j] * v[j] * b[j] for j in range(m)] for i in range(n)], a, b)


def own_step(kernel, a, u):
    """The same where both sides are one and so are their factors."""
    n = len(a)
    p = [[a[i] * u[i] * kernel[i][j] * u[j] * a[j] for j in range(n)] for i in range(n)]
    rows = [sum(row) for row in p]
    jacobian = mp.matrix(p)
    for i in range(n):
        jacobian[i, i] += rows[i]
    return list(mp.lu_solve(jacobian, mp.matrix([x - y for x, y in zip(a, rows)])))


def climb(factors, precision, step):
    """Newton's method from nearby, with twice the bits at each step, until the last step is half of all bits."""
    full = mp.prec
    for _ in range(300):
        with mp.workprec(precision):
            move = step(factors)
            largest = max(abs(x) for x in move)
            scale = min(mpf(1), 1 / largest) if largest else mpf(1)  # damped far away
            factors = [x * mp.exp(scale * d) for x, d in zip(factors, move)]
            near = largest < mpf(2) ** (-precision // 2)
        if near and precision == full:  # and the step squares the error
            return factors
        if largest < mpf(2) ** (-precision // 4):
            precision = min(full, 2 * precision)
    raise ArithmeticError("Newton's method did not converge")


def between(kernel, a, b):
    """u and v of the plan with the marginals a and b."""
    n, few = len(a), rough(kernel)
    with mp.workprec(few):
        u, v = [mpf(1)] * n, [mpf(1)] * len(b)
        for _ in range(40):
            u = [1 / sum(k * y * w for k, y, w in zip(row, v, b)) for row in kernel]
            v = [1 / sum(k * x * w for k, x, w in zip(column, u, a)) for column in zip(*kernel)]
    last = v[-1:]
    factors = climb(u + v[:-1], few, lambda factors: scaling_step(kernel, a, b, factors[:n], factors[n:] + last))
    return factors[:n], factors[n:] + last


def within(kernel, a):
    """The same for a and a, where u = v. The mean of the old and the new logarithm halves the error at least."""
    few = rough(kernel)
    with mp.workprec(few):
        u = [mpf(1)] * len(a)
        for _ in range(20):
            u = [mp.sqrt(x / sum(k * y * w for k, y, w in zip(row, u, a))) for x, row in zip(u, kernel)]
    u = climb(u, few, lambda u: own_step(kernel, a, u))
    return u, u


def entropic(parameters, xs, a, ys, b, own):
    """The minimum of <P, C> + epsilon KL(P | a b^T), and for each of xs what P pulls at it."""
    epsilon = number(parameters, "epsilon", 1)
    grounds = [[ground(parameters, x, y) for y in ys] for x in xs]
    kernel = [[mp.exp(-cost / epsilon) for cost, _ in row] for row in grounds]
    u, v = within(kernel, a) if own else between(kernel, a, b)
    value = mpf(0)
    pulls = []
    for i, row in enumerate(grounds):
        pull = [mpf(0)] * len(xs[i])
        for j, (cost, slope) in enumerate(row):
            density = u[i] * kernel[i][j] * v[j]
            mass = a[i] * b[j] * density
            value += mass * (cost + epsilon * mp.log(density))
            pull = [g + mass * s for g, s in zip(pull, slope)]
        pulls.append(pull)
    return value, pulls


def sinkhorn_divergence(parameters, x, x_weights, y, y_weights, dimension):
    d, total = dimension[0], sum(x_weights)

    def cloud(points, weights):
        """Places, points and shares of what weighs more than nothing."""
        split_points = [points[k:k + d] for k in range(0, len(points), d)]
        return zip(*((i, point, w / total) for i, (point, w) in enumerate(zip(split_points, weights)) if w))

    places, xs, a = cloud(x, x_weights)
    _, ys, b = cloud(y, y_weights)
    both, pulls = entropic(parameters, xs, a, ys, b, False)
    of_x, own_pulls = entropic(parameters, xs, a, xs, a, True)
    of_y, _ = entropic(parameters, ys, b, ys, b, True)
    gradient = [mpf(0)] * len(x)
    for i, pull, own in zip(places, pulls, own_pulls):
        # In the term of x alone both sides of a distance move: each of its two gradients counts half.
        gradient[i * d:(i + 1) * d] = [total * (g - h) for g, h in zip(pull, own)]
    terms = [total * term for term in (both, of_x, of_y)]
    return [[terms[0] - (terms[1] + terms[2]) / 2], gradient, terms]


def check_terms():
    """Messages where the factors and the logarithms of `sinkhorn` lead to other minima."""
    from table import cases, exact, parameters
    entry = next(e for e in ENTRIES if e.table == "sinkhorn_divergence")
    wrong, done = [], 0
    for spec, region, inputs in cases(entry, "f64"):
        x, a, y, b, (d,) = map(exact, inputs)
        if region != "moderate" or done >= 40 or sum(a) != 1:
            continue
        done += 1
        given = parameters(spec)
        xs, ys = ([v[k:k + d] for k in range(0, len(v), d)] for v in (x, y))
        with mp.workprec(400):
            terms = sinkhorn_divergence(given, x, a, y, b, [d])[2]
            for term, us, u, vs, v in zip(terms, (xs, xs, ys), (a, a, b), (ys, xs, ys), (b, a, b)):
                other = sinkhorn(given, [ground(given, p, q)[0] for p in us for q in vs], u, v)[1][0]
                if abs(term - other) > mpf(2) ** -130 * abs(other):
                    wrong.append(f"{spec} at {inputs}: {mp.nstr(term, 20)}, not {mp.nstr(other, 20)}")
    return wrong


def draw_clouds(draw, region, parameters):
    d, n, m = draw.integer(1, 3), draw.pick([1, 2, 2, 3, 3, 4]), draw.pick([1, 2, 2, 3, 3])
    # The square of a distance is to be as many epsilons as the distance.
    size = 1.0 if parameters["ground"] == "squared_euclidean" else 2.0
    x, y = ([draw.uniform(-size, size) for _ in range(k * d)] for k in (n, m))
    x_weights, y_weights = draw.dyadic(n), draw.dyadic(m)
    if region == "ordinary":
        x, y = ([draw.ordinary(-6, 0 if size > 1 else -1) for _ in range(k * d)] for k in (n, m))
    elif region == "cancel":
        kind = draw.integer(0, 2)
        if kind:  # nearly the same sample, in another order
            x = [draw.round(3 * draw.integer(0, 1) + v) for v in x]
            y, y_weights = [draw.near(v) for v in x[d:] + x[:d]], x_weights[1:] + x_weights[:1]
        else:  # all near one point
            base = draw.uniform(-2, 2)
            x, y = ([draw.near(base) for _ in range(k * d)] for k in (n, m))
    elif region == "edge":
        kind = draw.integer(0, 4)
        if kind == 0:  # points that coincide, within and between
            x, y = ([draw.pick([-0.0, 0.0, 0.5, 1.0]) for _ in range(k * d)] for k in (n, m))
        elif kind == 1:  # the samples far from each other
            far = 2.0 ** draw.integer(4, 16)
            y = [draw.round(v + far) for v in y]
        elif kind == 2:  # costs far below epsilon
            power = 2.0 ** -draw.integer(4, 20)
            x, y = ([v * power for v in points] for points in (x, y))
        elif kind == 3:  # the same distribution, in other words
            y, y_weights = x[-d:] + x, [x_weights[-1] / 2] + x_weights[:-1] + [x_weights[-1] / 2]
        else:  # points without weight
            x_weights, y_weights = draw.dyadic(n, zeros=True), draw.dyadic(m, zeros=True)
    total = draw.pick([1.0, 1.0, 1.0, 0.25, 3.0])
    return [x, [total * w for w in x_weights], y, [total * w for w in y_weights], [d]]


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
          ["transport cost (<P, C>)", "regularised value"], draw_transport(wide=False), sinkhorn,
          notes=["P minimises <P, C> + epsilon KL(P | a b^T); the regularised value is that minimum"]),
    Entry("sinkhorn_divergence",
          [f"sinkhorn_divergence:epsilon={e},ground={g}"
           for e, g in ((0.5, "euclidean"), (0.125, "euclidean"), (0.5, "squared_euclidean"))],
          ["X, point by point", "X weights", "Y, point by point", "Y weights", "dimension"],
          ["divergence", "gradient by X", "its terms (X with Y, X with X, Y with Y)"],
          draw_clouds, sinkhorn_divergence, ((1, 0, 0),),
          ["divergence = (X with Y) - (X with X) / 2 - (Y with Y) / 2",
           "a term is the least <P, C> + epsilon KL(P | a b^T / m), m being the weight of either side",
           "the gradient of the distance is 0 at coincidence, that of a point without weight 0"], one=False),
]
CHECKS = {"optimal_transport": (check_bases,), "sinkhorn_divergence": (check_terms,)}
