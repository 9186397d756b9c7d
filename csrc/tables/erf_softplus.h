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
/// its chord from z = e^(-r) in z - 1/2, 0 <= z <= e^0.55: 2^-26.8
NONLIN_INLINE constexpr polynomial<float, 11> erf_log1p_chord_24() {
  return {-0x1.59715ep-27f,
          {-0x1.f20cf4p-2f, 0x1.263568p-3f, 0x1.59f232p-7f, -0x1.993facp-5f, 0x1.650dc2p-5f,
           -0x1.c1fe7ap-6f, 0x1.d5413p-7f, -0x1.9699fap-8f, 0x1.054d06p-9f, -0x1.49c55p-12f,
           -0x1.799bacp-15f, 0x1.675fc6p-16f}};
}
/// its chord from z = e^(-r) in z - 1/2, 0 <= z <= e^0.55: 2^-57.4
NONLIN_INLINE constexpr polynomial<double, 24> erf_log1p_chord_53() {
  return {-0x1.72167197c4633p-57,
          {-0x1.f20cf4c4891d2p-2, 0x1.26356d574005p-3, 0x1.59f335893c7afp-7,
           -0x1.994370614f44dp-5, 0x1.650d5c37a5d36p-5, -0x1.c1a78740a1e22p-6,
           0x1.d477db988a13fp-7, -0x1.9b3d974a25b05p-8, 0x1.1b8ca4444a0dfp-9,
           -0x1.7eaced72922efp-12, -0x1.172f04ae1037bp-12, 0x1.98351b1f3e232p-12,
           -0x1.5bd16770806f3p-12, 0x1.ed8be984f815cp-13, -0x1.3cdb8ce8c7cfep-13,
           0x1.7c2ca922c0426p-14, -0x1.b0b492aa447fp-15, 0x1.d73ce1dc660b7p-16,
           -0x1.ecaa6080c29e2p-17, 0x1.e789a878359dep-18, -0x1.b3353e51c8e19p-19,
           0x1.42955b795c76dp-20, -0x1.6459a35373d12p-22, 0x1.f9586494d0b33p-25,
           -0x1.52dd848a1bb3p-28}};
}
/// its chord from z = e^(-r) in z - 1/2, 0 <= z <= e^0.55: 2^-17.5
NONLIN_INLINE constexpr polynomial<float, 7> erf_log1p_chord_8() {
  return {0x1.98db56p-27f,
          {-0x1.f20c54p-2f, 0x1.263b2ep-3f, 0x1.55a56ap-7f, -0x1.99d808p-5f, 0x1.6e6ebep-5f,
           -0x1.cf5906p-6f, 0x1.8aca3ep-7f, -0x1.3cd7f4p-9f}};
}
/// the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z) in z - 1/2, 0 <= z <= e^0.55: 2^-26.2
NONLIN_INLINE constexpr polynomial<float, 12> density_log1p_chord_24() {
  return {0x1.6d781cp-32f,
          {-0x1.b7a5e6p-1f, 0x1.cb0cfcp-2f, -0x1.a04ce6p-5f, -0x1.2e3de2p-3f, 0x1.780eccp-3f,
           -0x1.27fb5ep-3f, 0x1.7327cp-4f, -0x1.83077p-5f, 0x1.3856ep-6f, -0x1.0d88fap-8f,
           -0x1.e13822p-11f, 0x1.e5308p-11f, -0x1.9a8b8ep-13f}};
}
/// the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z) in z - 1/2, 0 <= z <= e^0.55: 2^-57.2
NONLIN_INLINE constexpr polynomial<double, 25> density_log1p_chord_53() {
  return {-0x1.8e54a848ba6dfp-55,
          {-0x1.b7a5e5d4cffc9p-1, 0x1.cb0d04cf1c0cp-2, -0x1.a04e90a57f1a4p-5,
           -0x1.2e407697ed90dp-3, 0x1.781b295f9ab27p-3, -0x1.27e8d96677d46p-3,
           0x1.722bd0243b14ap-4, -0x1.823d4cfc5d2f1p-5, 0x1.4610e790f2cbfp-6,
           -0x1.6571cd9818549p-8, -0x1.de98c25e59498p-11, 0x1.832fc24edee18p-9,
           -0x1.8d7d1f1c8b1e1p-9, 0x1.3d429711597ecp-9, -0x1.bf5760613e00ap-10,
           0x1.23309a2d72a2p-10, -0x1.6504fecd35ef9p-11, 0x1.a060a0fcf3e3cp-12,
           -0x1.d01e62dc4475ep-13, 0x1.ec727ee0b8e0ap-14, -0x1.e554beb51346p-15,
           0x1.a537587f792b9p-16, -0x1.29c2f9533d505p-17, 0x1.3698c53308a1ap-19,
           -0x1.9ee3982867bbap-22, 0x1.067fdb2372828p-25}};
}
/// the chord of 2/sqrt(pi) e^(-log^2(1 + z))/(1 + z) in z - 1/2, 0 <= z <= e^0.55: 2^-17.9
NONLIN_INLINE constexpr polynomial<float, 8> density_log1p_chord_8() {
  return {-0x1.971b56p-27f,
          {-0x1.b7a57ep-1f, 0x1.cb07b2p-2f, -0x1.a1c51cp-5f, -0x1.2d00fap-3f, 0x1.7aa4d6p-3f,
           -0x1.31fd7p-3f, 0x1.756bap-4f, -0x1.2c00c6p-5f, 0x1.bde58ep-8f}};
}
