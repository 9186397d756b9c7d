#pragma once
// Written by tools/fit/tables.py.
// clang-format off

/// Lowest coefficient first.
template <class C, int Degree>
struct polynomial {
  C c[Degree + 1];
};
/// (e^r - 1 - r)/r^2 for |r| <= ln 2/2; e^r to 2^-26.9
NONLIN_INLINE constexpr polynomial<float, 4> expm1_24() {
  return {{0x1p-1f, 0x1.5554dep-3f, 0x1.555584p-5f, 0x1.120abap-7f, 0x1.6c8b9p-10f}};
}
/// (t + 4) times the Mills ratio, in q = (t - 4)/(t + 4), t <= 15: 2^-20.8
NONLIN_INLINE constexpr polynomial<float, 7> mills_8() {
  return {{0x1.82b4bcp-1f, -0x1.373db8p-1f, 0x1.8c6c7ep-2f, -0x1.7e25cap-3f, 0x1.ef242p-5f,
           -0x1.d5b294p-8f, -0x1.ce8a88p-9f, 0x1.02cd6p-10f}};
}
/// The bend, in the same q: 2^-20.0
NONLIN_INLINE constexpr polynomial<float, 6> bend_8() {
  return {{0x1.d94e06p-2f, -0x1.a76382p-4f, 0x1.ef266p-5f, -0x1.cc1604p-6f, 0x1.3bda64p-7f,
           -0x1.c6b3a8p-10f, -0x1.a0f384p-12f}};
}
/// (t + 4) times the Mills ratio, in q = (t - 4)/(t + 4), t <= 15: 2^-25.7
NONLIN_INLINE constexpr polynomial<float, 12> mills_24() {
  return {{0x1.82b4bcp-1f, -0x1.373e3ap-1f, 0x1.8c6d92p-2f, -0x1.7dff7ap-3f, 0x1.eed88ap-5f,
           -0x1.ed9338p-8f, -0x1.cf1706p-9f, 0x1.9b5662p-10f, 0x1.108ccep-12f, -0x1.484d2ap-15f,
           -0x1.43d9d2p-14f, -0x1.7e91e2p-13f, -0x1.50f13ep-14f}};
}
/// The bend, in the same q: 2^-26.0
NONLIN_INLINE constexpr polynomial<float, 12> bend_24() {
  return {{0x1.d94de8p-2f, -0x1.a763p-4f, 0x1.ef4f3ap-5f, -0x1.cc1e94p-6f, 0x1.379e86p-7f,
           -0x1.d40124p-10f, -0x1.7ef9fep-13f, 0x1.4e6ea8p-13f, 0x1.a2353ap-15f, 0x1.2feb38p-14f,
           -0x1.438ad8p-15f, -0x1.b6340cp-14f, -0x1.5cbe68p-15f}};
}
/// (t + 4) times the Mills ratio, in q = (t - 4)/(t + 4), t <= 40: 2^-55.0
NONLIN_INLINE constexpr polynomial<double, 25> mills_53() {
  return {{0x1.82b4bb8c94dcep-1, -0x1.373e3a893c28ap-1, 0x1.8c6dbf2cfc276p-2,
           -0x1.7dff2bff6837ap-3, 0x1.eec4cc3e5267fp-5, -0x1.ee276104921e6p-8,
           -0x1.c81719dbc75eap-9, 0x1.ab825fc70497ep-10, 0x1.17a4b2aca56eap-13,
           -0x1.e4a42739dbbebp-13, -0x1.0025fe42bc699p-19, 0x1.26d0bdf705d05p-15,
           0x1.813be367da2f5p-21, -0x1.8d4e2658769e1p-18, -0x1.53891566bd109p-21,
           0x1.1240854b652p-20, 0x1.2a0fef3894a6p-22, -0x1.4bce5e0804542p-23,
           -0x1.92582cf08a335p-24, 0x1.8faa72dc6462dp-27, 0x1.d44dcd02cc747p-26,
           0x1.28f4340df2749p-28, -0x1.c865b8ef8133cp-28, -0x1.52019a88e2fc3p-29,
           0x1.0eacee62195afp-30, 0x1.176ae82029d07p-31}};
}
/// The bend, in the same q: 2^-56.2
NONLIN_INLINE constexpr polynomial<double, 25> bend_53() {
  return {{0x1.d94de78425463p-2, -0x1.a763001ac67dep-4, 0x1.ef4ff80137923p-5,
           -0x1.cc1e2623d908cp-6, 0x1.37754d81708abp-7, -0x1.d4c8222ad9918p-10,
           -0x1.443f63f852619p-13, 0x1.85999c47264f8p-13, -0x1.25380ac68cbaap-16,
           -0x1.2e9386b40fb2dp-16, 0x1.dafa6bf0d388cp-19, 0x1.29885392bb9bbp-19,
           -0x1.0822efc5f71e7p-21, -0x1.77449db7792bp-22, 0x1.bd625c874fecep-25,
           0x1.1066f24751a72p-24, 0x1.9f73df8c195e6p-32, -0x1.86a111e3a3efbp-27,
           -0x1.c1f04ba38a517p-29, 0x1.855029966ff9ap-30, 0x1.f83ebcf5e99efp-30,
           0x1.19664684634bcp-32, -0x1.7f645663170afp-31, -0x1.2255dd58675d3p-32,
           0x1.28bedede76056p-33, 0x1.3007ac354cec7p-34}};
}
