#pragma once
// Written by tools/fit/tables.py.
// clang-format off

/// For e^(k ln 2 + r), k a multiple of step: high + low is 2^k up to a power of two; then
/// (e^r - 1 - r)/r^2, and the same for 8 bits.
template <int Size, int Degree>
struct powers {
  float step;
  alignas(64) float high[Size];
  alignas(64) float low[Size];
  float c[Degree + 1], brief[Degree - 1];
};
/// e^r to 2^-36.6 and 2^-19.2
constexpr powers<16, 2> powers_16 = {
    0x1p-4f,
    {0x1p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fep+0f, 0x1.3dea64p+0f,
     0x1.4bfdaep+0f, 0x1.5ab07ep+0f, 0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f,
     0x1.9c4918p+0f, 0x1.ae89fap+0f, 0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f},
    {0x0p+0f, 0x1.9f3122p-25f, -0x1.c15742p-27f, 0x1.ceac48p-25f, 0x1.4636e2p-25f,
     0x1.824684p-25f, -0x1.593abcp-25f, -0x1.5bd5ecp-27f, 0x1.9fcef4p-26f, -0x1.829fdp-25f,
     0x1.15506ep-27f, 0x1.51f848p-27f, -0x1.a94b14p-26f, -0x1.3d56b2p-27f, -0x1.822dbcp-27f,
     0x1.52486cp-27f},
    {0x1p-1f, 0x1.5556dep-3f, 0x1.555602p-5f},
    {0x1.000222p-1f}};
/// e^r to 2^-33.2 and 2^-21.2
constexpr powers<8, 3> powers_8 = {
    0x1p-2f,
    {0x1p+0f, 0x1.306fep+0f, 0x1.6a09e6p+0f, 0x1.ae89fap+0f, 0x1p+1f, 0x1.306fep+1f,
     0x1.6a09e6p+1f, 0x1.ae89fap+1f},
    {0x0p+0f, 0x1.4636e2p-25f, 0x1.9fcef4p-26f, -0x1.a94b14p-26f, 0x0p+0f, 0x1.4636e2p-24f,
     0x1.9fcef4p-25f, -0x1.a94b14p-25f},
    {0x1p-1f, 0x1.555558p-3f, 0x1.55678ep-5f, 0x1.10feeep-7f},
    {0x1.00222cp-1f, 0x1.55720ap-3f}};
