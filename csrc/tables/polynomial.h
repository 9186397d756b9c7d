#pragma once
// Written by tools/fit/tables.py.
// clang-format off

#include "../jet.h"

/// For lanes without lookups: c[0] + low + c[1] x + ..., one polynomial for all arguments.
/// Functions, as device code may not take the address of a constant of the host.
template <class C, int Degree>
struct polynomial {
  C low, c[Degree + 1];
};
/// (e^r - 1 - r)/r^2, |r| <= ln 2/2: 2^-22.9
NONLIN_INLINE constexpr polynomial<float, 4> expm1_24() {
  return {0x0p+0f,
          {0x1p-1f, 0x1.5554dep-3f, 0x1.555584p-5f, 0x1.120abap-7f, 0x1.6c8b9p-10f}};
}
/// (e^r - 1 - r)/r^2, |r| <= ln 2/2: 2^-58.2
NONLIN_INLINE constexpr polynomial<double, 10> expm1_53() {
  return {0x1.4a02c6f15e5cp-63,
          {0x1p-1, 0x1.5555555555557p-3, 0x1.555555555554ep-5, 0x1.1111111110057p-7,
           0x1.6c16c16c1a323p-10, 0x1.a01a01ac19c83p-13, 0x1.a01a018f70b98p-16,
           0x1.71de01baad959p-19, 0x1.27e513171b686p-22, 0x1.af4eae539f53dp-26,
           0x1.1f16357db0d25p-29}};
}
/// (1/mills - 2)/t in q = (t - 4)/(t + 4), t <= 15: 2^-27.5
NONLIN_INLINE constexpr polynomial<float, 10> slack_24() {
  return {-0x1.71c248p-24f,
          {0x1.12f1e2p+1f, 0x1.eedbccp-2f, -0x1.00624ep-3f, -0x1.9b305ap-6f, 0x1.20577ap-5f,
           -0x1.712a54p-8f, -0x1.0b77f6p-7f, 0x1.0ffd72p-8f, 0x1.d29c8cp-10f, -0x1.7dd1ep-10f,
           -0x1.5042cap-11f}};
}
/// The gelu_tail_slope_ratio in the same q: 2^-30.3
NONLIN_INLINE constexpr polynomial<float, 9> gelu_tail_slope_24() {
  return {-0x1.e01c14p-28f,
          {0x1.d94de8p-2f, -0x1.a763p-4f, 0x1.ef4feep-5f, -0x1.cc1e28p-6f, 0x1.3777b2p-7f,
           -0x1.d4c796p-10f, -0x1.4793f8p-13f, 0x1.84e9ecp-13f, -0x1.ca99cp-17f, -0x1.13310ep-16f}};
}
/// (1/mills - 2)/t in q = (t - 4)/(t + 4), t <= 40: 2^-56.0
NONLIN_INLINE constexpr polynomial<double, 25> slack_53() {
  return {-0x1.242c402e24becp-54,
          {0x1.12f1e13c3adc5p+1, 0x1.eedbd4b9d1af1p-2, -0x1.0061f30b83a21p-3,
           -0x1.9b42171e33a36p-6, 0x1.20368f890d7a9p-5, -0x1.6ee7a7055a0edp-8,
           -0x1.071aeb3133782p-7, 0x1.0b6d7875d79bbp-8, 0x1.5668d4ca51cc8p-10,
           -0x1.a5b5dc797205ep-10, -0x1.460c2f4fcb75cp-16, 0x1.09c106d73d77dp-11,
           -0x1.a3f5a37512204p-14, -0x1.1c8ff79b790d8p-13, 0x1.d09cd43dfc454p-15,
           0x1.fe2f7125f0ee9p-16, -0x1.65c0360f4ef53p-16, -0x1.59b98183cb294p-18,
           0x1.cb44147de8e39p-18, 0x1.cd0ddc64ba9efp-22, -0x1.00e47c7fe713fp-19,
           0x1.2c8e17cb77ab5p-25, 0x1.db060f67eb8bp-22, 0x1.c1c8ae2668231p-27,
           -0x1.0baf458965e2cp-24, -0x1.862ecc8ba141p-27}};
}
/// The gelu_tail_slope_ratio in the same q: 2^-62.5
NONLIN_INLINE constexpr polynomial<double, 25> gelu_tail_slope_53() {
  return {-0x1.a1faad0ea4636p-58,
          {0x1.d94de78425463p-2, -0x1.a763001ac67dep-4, 0x1.ef4ff8013799p-5,
           -0x1.cc1e2623d90b6p-6, 0x1.37754d816c55p-7, -0x1.d4c8222ad28adp-10,
           -0x1.443f63e4f548cp-13, 0x1.85999c43f301dp-13, -0x1.2538110a99636p-16,
           -0x1.2e93861b39372p-16, 0x1.dafbaed7e491ep-19, 0x1.29884faec6b52p-19,
           -0x1.0838529efd117p-21, -0x1.7747ec902ff52p-22, 0x1.c138c453a5b05p-25,
           0x1.10b9b017550aep-24, -0x1.119db59d2341bp-31, -0x1.8e65c4562f9fcp-27,
           -0x1.23240cb9f5603p-29, 0x1.f2bac18d7ee52p-30, 0x1.d42277378aef1p-31,
           -0x1.65a1ef499c129p-33, -0x1.ce3b6ad0293a4p-33, -0x1.5d008da15639dp-36,
           0x1.ec5cce25be322p-36, 0x1.1de0881034c27p-37}};
}
/// (e^a - 1)/a, |a| <= 1/4: 2^-23.4
NONLIN_INLINE constexpr polynomial<float, 4> expm1_11() {
  return {0x0p+0f,
          {0x1p+0f, 0x1.ffff8ep-2f, 0x1.555582p-3f, 0x1.563924p-5f, 0x1.11367ep-7f}};
}
/// half of log2 of the tail times e^(-t^2/2), t <= 13.2: 2^-14.9
NONLIN_INLINE constexpr polynomial<float, 9> log_tail_8() {
  return {0x0p+0f,
          {-0x1p-1f, -0x1.26b68cp-1f, -0x1.d5752ep-3f, -0x1.bbb614p-6f, 0x1.1e3dfap-8f,
           -0x1.0f1ap-11f, 0x1.655616p-15f, -0x1.32daf8p-19f, 0x1.32959ep-24f, -0x1.0d3d48p-30f}};
}
/// log2 of the tail times e^(-t^2/2), t <= 7.6: 2^-18.4
NONLIN_INLINE constexpr polynomial<float, 10> log_tail_11() {
  return {0x0p+0f,
          {-0x1p+0f, -0x1.26afd6p+0f, -0x1.d61a4ap-2f, -0x1.b0b9dcp-5f, 0x1.e8cd5ap-8f,
           -0x1.8da868p-12f, -0x1.da6548p-14f, 0x1.0d308ap-15f, -0x1.081da8p-18f, 0x1.0bb28p-22f,
           -0x1.c54c1p-28f}};
}
/// half of log2 of the gelu_tail_slope times e^(-t^2/2), t <= 14.3: 2^-15.7
NONLIN_INLINE constexpr polynomial<float, 11> log_gelu_tail_slope_8() {
  return {0x0p+0f,
          {-0x1.2d444ep-2f, -0x1.8825ecp-3f, -0x1.1f9f3ep-2f, -0x1.b42a1cp-6f, 0x1.c488c8p-8f,
           -0x1.60a80cp-10f, 0x1.90d6ecp-13f, -0x1.435d32p-16f, 0x1.660092p-20f, -0x1.0177c4p-24f,
           0x1.b02522p-30f, -0x1.409d0cp-36f}};
}
/// log2 of the gelu_tail_slope times e^(-t^2/2), t <= 7.6: 2^-20.5
NONLIN_INLINE constexpr polynomial<float, 10> log_gelu_tail_slope_11() {
  return {0x0p+0f,
          {-0x1.2d435ep-1f, -0x1.8865eap-2f, -0x1.1f018ep-1f, -0x1.c455c8p-5f, 0x1.f6f982p-7f,
           -0x1.b85dcap-9f, 0x1.23ffaap-11f, -0x1.171b54p-14f, 0x1.66e7f8p-18f, -0x1.13c74ap-22f,
           0x1.7cb2bp-28f}};
}
