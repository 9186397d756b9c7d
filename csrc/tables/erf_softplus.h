#pragma once
// Written by tools/fit/tables.py.
// clang-format off
#include "polynomial.h"

/// erf(log(1 + z))/z in z - 1/2, 0 <= z <= e^0.55: 2^-28.8
NONLIN_INLINE constexpr polynomial<float, 11> erf_log1p_24() {
  return {-0x1.9ec5c8p-26f,
          {0x1.bc0b04p-1f, -0x1.d51d2cp-2f, 0x1.2a763cp-3f, 0x1.7e6856p-11f, -0x1.5303bcp-5f,
           0x1.38e3fcp-5f, -0x1.93f878p-6f, 0x1.abbf24p-7f, -0x1.789e58p-8f, 0x1.0227b8p-9f,
           -0x1.dab238p-12f, 0x1.a75c56p-15f}};
}
/// erf(log(1 + z))/z in z - 1/2, 0 <= z <= e^0.55: 2^-59.4
NONLIN_INLINE constexpr polynomial<double, 25> erf_log1p_53() {
  return {0x1.a6714c74d444fp-56,
          {0x1.bc0b0331da164p-1, -0x1.d51d2d763cafep-2, 0x1.2a763f1f16cfep-3,
           0x1.7ed98829ac1b1p-11, -0x1.530740d2628a1p-5, 0x1.38d3ab133d6e1p-5,
           -0x1.9394216d51d17p-6, 0x1.ac055fc0f7db4p-7, -0x1.7f5a330b7f61dp-8,
           0x1.1223d356b4072p-9, -0x1.b597e480bf4b8p-12, -0x1.8dc52c0a31d5cp-13,
           0x1.53c9e89c66533p-12, -0x1.2b479dc91ed92p-12, 0x1.af3a1df478028p-13,
           -0x1.177249445035fp-13, 0x1.51862ba431809p-14, -0x1.82598d547b1d4p-15,
           0x1.a77b5f773811bp-16, -0x1.be3e4322aa603p-17, 0x1.bc6af442e6942p-18,
           -0x1.8c9a8fdb0491cp-19, 0x1.2339a2b8af662p-20, -0x1.3c4437b3e756bp-22,
           0x1.b6c8575a2eefep-25, -0x1.1f27feb5afa44p-28}};
}
/// erf(log(1 + z))/z in z - 1/2, 0 <= z <= e^0.55: 2^-19.6
NONLIN_INLINE constexpr polynomial<float, 8> erf_log1p_8() {
  return {-0x1.a3a4a2p-28f,
          {0x1.bc0ae6p-1f, -0x1.d51b8cp-2f, 0x1.2a90b6p-3f, 0x1.1dc7dcp-11f, -0x1.55bf92p-5f,
           0x1.44c3ep-5f, -0x1.9a386ep-6f, 0x1.4d4804p-7f, -0x1.f2d31ep-10f}};
}
/// its chord from z = e^(-r) in z - 1/2, 0 <= z <= e^0: 2^-28.5
NONLIN_INLINE constexpr polynomial<float, 9> erf_log1p_chord_24() {
  return {-0x1.aced26p-27f,
          {-0x1.f20cf4p-2f, 0x1.26356ep-3f, 0x1.59f4ecp-7f, -0x1.994448p-5f, 0x1.650026p-5f,
           -0x1.c18042p-6f, 0x1.d6a49ap-7f, -0x1.a0f06cp-8f, 0x1.f11798p-10f, -0x1.e906f4p-16f}};
}
/// its chord from z = e^(-r) in z - 1/2, 0 <= z <= e^0: 2^-59.4
NONLIN_INLINE constexpr polynomial<double, 20> erf_log1p_chord_53() {
  return {-0x1.1bc16878cddf6p-57,
          {-0x1.f20cf4c4891d2p-2, 0x1.26356d574005p-3, 0x1.59f335893c4f4p-7, -0x1.994370614f1cp-5,
           0x1.650d5c37a9878p-5, -0x1.c1a78740cbcf1p-6, 0x1.d477db9698a35p-7,
           -0x1.9b3d972baf617p-8, 0x1.1b8ca4c337f51p-9, -0x1.7ead19794696ap-12,
           -0x1.172f24fd33b2bp-12, 0x1.98376137e68c9p-12, -0x1.5bd10eece90b5p-12,
           0x1.ed674647287cep-13, -0x1.3cd70a6d79cf3p-13, 0x1.7d9af5aa55c19p-14,
           -0x1.b16d4795e2cf4p-15, 0x1.c5e9f2fc8cda5p-16, -0x1.e2368822618c2p-17,
           0x1.2dba07546758cp-17, -0x1.f98e6c8ce3cedp-19}};
}
/// its chord from z = e^(-r) in z - 1/2, 0 <= z <= e^0: 2^-19.2
NONLIN_INLINE constexpr polynomial<float, 6> erf_log1p_chord_8() {
  return {0x1.4ed9acp-27f,
          {-0x1.f20cf2p-2f, 0x1.262fb8p-3f, 0x1.59f1acp-7f, -0x1.96692ep-5f, 0x1.64766ap-5f,
           -0x1.ef2c62p-6f, 0x1.ee8a8ap-7f}};
}
/// the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z) in z - 1/2, 0 <= z <= e^0: 2^-28.1
NONLIN_INLINE constexpr polynomial<float, 10> density_log1p_chord_24() {
  return {0x1.55420ap-28f,
          {-0x1.b7a5e6p-1f, 0x1.cb0d08p-2f, -0x1.a04ea2p-5f, -0x1.2e428ep-3f, 0x1.781cdep-3f,
           -0x1.27ba06p-3f, 0x1.71db6p-4f, -0x1.88b56ap-5f, 0x1.518844p-6f, -0x1.515e0cp-9f,
           -0x1.d2974ap-9f}};
}
/// the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z) in z - 1/2, 0 <= z <= e^0: 2^-59.2
NONLIN_INLINE constexpr polynomial<double, 21> density_log1p_chord_53() {
  return {-0x1.704b8f220e43fp-55,
          {-0x1.b7a5e5d4cffc9p-1, 0x1.cb0d04cf1c0bep-2, -0x1.a04e90a57f273p-5,
           -0x1.2e407697ed5f1p-3, 0x1.781b295f9b4eap-3, -0x1.27e8d9668535ep-3,
           0x1.722bd02456aa1p-4, -0x1.823d4cf5459d4p-5, 0x1.4610e7643353cp-6,
           -0x1.6571d1d47d6dp-8, -0x1.de982e309825ap-11, 0x1.8330237475a11p-9,
           -0x1.8d7f1bfe0fa6fp-9, 0x1.3d3fed0079532p-9, -0x1.bf36e9cab06a7p-10,
           0x1.2346e72a2b945p-10, -0x1.664bfeaf15e6dp-11, 0x1.9f9d6c9ff2043p-12,
           -0x1.c0891f8df5c88p-13, 0x1.edde7cdde104bp-14, -0x1.27548a0cee2e2p-14,
           0x1.c08141eeed2b4p-16}};
}
/// the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z) in z - 1/2, 0 <= z <= e^0: 2^-20.5
NONLIN_INLINE constexpr polynomial<float, 7> density_log1p_chord_8() {
  return {-0x1.142692p-26f,
          {-0x1.b7a5f8p-1f, 0x1.cb0c9ep-2f, -0x1.9fb6a6p-5f, -0x1.2e2c42p-3f, 0x1.7518f4p-3f,
           -0x1.282bc8p-3f, 0x1.9969ccp-4f, -0x1.8b752p-5f}};
}
/// erf(log(1 + e^x)), |x| <= 1: 2^-20.3
NONLIN_INLINE constexpr polynomial<float, 8> erf_softplus_11() {
  return {0x1.b6eedp-26f,
          {0x1.5898dep-1f, 0x1.655312p-2f, -0x1.141a26p-5f, -0x1.f84fd6p-5f, -0x1.c2cda6p-10f,
           0x1.6b3f8p-7f, 0x1.34d7eap-9f, -0x1.4449a6p-10f, -0x1.009a58p-11f}};
}
