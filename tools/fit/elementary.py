"""Coefficients of elementary functions beyond exp."""

from fit import HEAD, double, function, single
from mpmath import atanh, cos, cosh, diff, erf, exp, findroot, log, log1p, mpf, pi, sin, sqrt, tanh

POLYNOMIAL = HEAD + '#include "polynomial.h"\n\n'


def rest_of_log(r):
    """(log(1 + r) - r + r²/2)/r³"""
    return (log1p(r) - r + r**2 / 2) / r**3


def rest_of_atanh(w):
    """(2 artanh(s)/s - 2)/s², w = s²"""
    return 2 * (atanh(sqrt(w)) / sqrt(w) - 1) / w


def chord_of_log(z):
    """log(1 + z)/z"""
    return log1p(z) / z


def rest_of_tanh(s):
    """(tanh(t) - t)/t³, s = t²"""
    t = sqrt(s)
    return (tanh(t) / t - 1) / s


def shrink_of_tanh(s):
    """(t - tanh(t))/t³, s = t²"""
    return -rest_of_tanh(s)


def chord_of_erf(s):
    """erf(x)/x, s = x²"""
    return erf(sqrt(s)) / sqrt(s) if s else 2 / sqrt(pi)


def rest_of_log_cosh(s):
    """log(cosh(x/2))/x², s = x²"""
    return log(cosh(sqrt(s) / 2)) / s


def rest_of_sin(s):
    """(sin(r) - r)/r³, s = r²"""
    r = sqrt(s)
    return (sin(r) / r - 1) / s


def rest_of_cos(s):
    """(cos(r) - 1 + r²/2)/r⁴, s = r²"""
    return (cos(sqrt(s)) - 1 + s / 2) / s**2


def logarithm():
    yield POLYNOMIAL
    yield function(
        "log_24",
        "(log(1 + r) - r + r^2/2)/r^3, -1/4 <= r <= 1/2, in units of log(1 + r)/r^3",
        rest_of_log,
        -0.25,
        0.5,
        7,
        single,
        unit=lambda r: log1p(r) / r**3,
    )
    yield function(
        "log_53",
        "(2 artanh(s)/s - 2)/s^2 in s^2, s <= 1/5, in units of 1/s^2",
        rest_of_atanh,
        mpf(10) ** -12,
        0.04,
        7,
        double,
        unit=lambda w: 1 / w,
    )
    yield function(
        "log_8",
        "log(1 + r)/r, -1/4 <= r <= 1/2",
        chord_of_log,
        -0.25,
        0.5,
        6,
        single,
        first=1,
    )
    for b, degree, rounding in ((24, 9, single), (53, 20, double), (8, 6, single)):
        yield function(
            f"log1p_ratio_{b}",
            "log(1 + z)/z in z - 1/2, 0 <= z <= 1",
            lambda d: chord_of_log(d + mpf(1) / 2),
            -0.5,
            0.5,
            degree,
            rounding,
        )

    yield function(
        "log_cosh_11",
        "log(cosh(x/2))/x^2 in x^2, |x| <= 1",
        rest_of_log_cosh,
        mpf(10) ** -12,
        1,
        3,
        single,
        first=0.125,
    )


def hyperbolic():
    yield POLYNOMIAL
    for b, degree, rounding in ((24, 4, single), (53, 10, double), (8, 3, single)):
        yield function(
            f"tanh_{b}",
            "(tanh(t) - t)/t^3 in t^2, t <= 0.55, in units of tanh(t)/t^3",
            rest_of_tanh,
            mpf(10) ** -12,
            mpf("0.3025"),
            degree,
            rounding,
            unit=lambda s: tanh(sqrt(s)) / sqrt(s) / s,
        )

    for b, degree, rounding in ((24, 8, single), (53, 17, double), (8, 5, single)):
        yield function(
            f"tanh_shrink_{b}",
            "(t - tanh(t))/t^3 in t^2 - 1/2, t <= 1.05",
            lambda d: shrink_of_tanh(d + mpf(1) / 2),
            mpf(10) ** -12 - mpf(1) / 2,
            mpf("0.6025"),
            degree,
            rounding,
        )


def error_function():
    yield POLYNOMIAL
    for b, degree, rounding in ((24, 6, single), (53, 12, double), (8, 4, single)):
        yield function(
            f"erf_{b}",
            "erf(x)/x in x^2, x <= 1",
            chord_of_erf,
            0,
            1,
            degree,
            rounding,
        )


def erf_of_log(z):
    """erf(log(1 + z))/z"""
    return erf(log1p(z)) / z if z else 2 / sqrt(pi)


def density_of_log(z):
    """2/√π·e^(−log²(1 + z))/(1 + z), the slope of erf(log(1 + z))"""
    return 2 / sqrt(pi) * exp(-(log1p(z) ** 2)) / (1 + z)


def chord(f, z, at):
    """(f(z) − f(at))/(z − at)"""
    return (f(z) - f(at)) / (z - at) if abs(z - at) > mpf(10) ** -25 else diff(f, at)


def softplus_in_erf():
    yield POLYNOMIAL
    root = findroot(lambda t: erf_of_log(exp(-t)) - t * density_of_log(exp(-t)), mpf("1.193"))
    power = exp(-root)
    for name, comment, f, end, degrees in (
        ("erf_log1p", "erf(log(1 + z))/z", erf_of_log, "0.55", (11, 25, 8)),
        (
            "erf_log1p_chord",
            "its chord from z = e^(-r)",
            lambda z: chord(erf_of_log, z, power),
            "0",
            (9, 20, 6),
        ),
        (
            "density_log1p_chord",
            "the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z)",
            lambda z: chord(density_of_log, z, power),
            "0",
            (10, 21, 7),
        ),
    ):
        for b, degree, rounding in zip((24, 53, 8), degrees, (single, double, single), strict=True):
            yield function(
                f"{name}_{b}",
                f"{comment} in z - 1/2, 0 <= z <= e^{end}",
                lambda d, f=f: f(d + mpf(1) / 2),
                -0.5,
                exp(mpf(end)) - 0.5,
                degree,
                rounding,
            )
    yield function(
        "erf_softplus_11",
        "erf(log(1 + e^x)), |x| <= 1",
        lambda x: erf(log1p(exp(x))),
        -1,
        1,
        8,
        single,
    )


def trigonometric():
    yield POLYNOMIAL
    for b, degree, rounding in ((24, 3, single), (53, 6, double)):
        for name, f, power, whole in (
            ("sin", rest_of_sin, 3, lambda s: sin(sqrt(s)) / sqrt(s)),
            ("cos", rest_of_cos, 4, lambda s: cos(sqrt(s))),
        ):
            first = "r" if name == "sin" else "1 + r^2/2"
            yield function(
                f"{name}_{b}",
                f"({name}(r) - {first})/r^{power} in r^2, |r| <= 0.79, in units of {name}(r)",
                f,
                mpf(10) ** -12,
                mpf("0.6241"),
                degree,
                rounding,
                unit=lambda s, whole=whole, power=power: whole(s) / s ** (power // 2),
            )
