#pragma once
// Written by tools/fit/tables.py.
// clang-format off

/// 2^(j step), step = octaves/size, in two parts, and (e^r - 1 - r)/r^2 for |r| <= step ln 2/2
template <int Size, int Octaves, int Degree>
struct powers {
  static constexpr int octaves = Octaves;
  alignas(64) float high[Size];
  alignas(64) float low[Size];
  float c[Degree + 1];
};
/// e^r to 2^-27.7
constexpr powers<16, 1, 1> powers_16 = {
    {0x1p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fep+0f, 0x1.3dea64p+0f,
     0x1.4bfdaep+0f, 0x1.5ab07ep+0f, 0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f,
     0x1.9c4918p+0f, 0x1.ae89fap+0f, 0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f},
    {0x0p+0f, 0x1.9f3122p-25f, -0x1.c15742p-27f, 0x1.ceac48p-25f, 0x1.4636e2p-25f, 0x1.824684p-25f,
     -0x1.593abcp-25f, -0x1.5bd5ecp-27f, 0x1.9fcef4p-26f, -0x1.829fdp-25f, 0x1.15506ep-27f,
     0x1.51f848p-27f, -0x1.a94b14p-26f, -0x1.3d56b2p-27f, -0x1.822dbcp-27f, 0x1.52486cp-27f},
    {0x1.000148p-1f, 0x1.55552ap-3f}};
/// e^r to 2^-26.5
constexpr powers<8, 2, 2> powers_8 = {
    {0x1p+0f, 0x1.306fep+0f, 0x1.6a09e6p+0f, 0x1.ae89fap+0f, 0x1p+1f, 0x1.306fep+1f,
     0x1.6a09e6p+1f, 0x1.ae89fap+1f},
    {0x0p+0f, 0x1.4636e2p-25f, 0x1.9fcef4p-26f, -0x1.a94b14p-26f, 0x0p+0f, 0x1.4636e2p-24f,
     0x1.9fcef4p-25f, -0x1.a94b14p-25f},
    {0x1p-1f, 0x1.556deep-3f, 0x1.556042p-5f}};
