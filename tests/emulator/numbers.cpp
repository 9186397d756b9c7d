#include "numbers.h"

namespace emulator {
namespace {

using nonlin::bfloat16;
using nonlin::half;

#include "tests/cpp/ulp.h"

template <class T> T read(const char* from) {
  T x;
  std::memcpy(&x, from, sizeof(T));
  return x;
}

/// Calls use(T{}) with the type that stores such numbers.
template <class Use> auto with(dtype type, const Use& use) {
  switch (type) {
    case dtype::float64:
      return use(double{});
    case dtype::float32:
      return use(float{});
    case dtype::float16:
      return use(half{});
    default:
      return use(bfloat16{});
  }
}

/// To the nearest of the type, to even from the middle.
template <class T> real rounded(real x) {
  if (x == 0 || !std::isfinite(x)) return x;
  const real unit = spacing<T>(x), y = rintl(x / unit) * unit;
  return fabsl(y) >= ldexpl(1, format<T>::largest + 1) ? copysignl(INFINITY, x) : y;
}

}  // namespace

int bytes_of(dtype type) {
  return with(type, []<class T>(T) { return static_cast<int>(sizeof(T)); });
}
const char* name_of(dtype type) {
  constexpr const char* names[] = {"float64", "float32", "float16", "bfloat16"};
  return names[static_cast<int>(type)];
}
double decoded(dtype type, const char* from) {
  return with(type, [&]<class T>(T) { return static_cast<double>(number(read<T>(from))); });
}
void encode(dtype type, real x, char* to) {
  with(type, [&]<class T>(T) {
    const real near = rounded<T>(x);
    T y;
    if constexpr (std::is_same_v<T, half>) {
      y.bits = std::bit_cast<std::uint16_t>(static_cast<_Float16>(near));
    } else if constexpr (std::is_same_v<T, bfloat16>) {
      y.bits = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(float(near)) >> 16);
    } else {
      y = static_cast<T>(near);
    }
    std::memcpy(to, &y, sizeof(T));
  });
}
bytes encoded(dtype type, const std::vector<double>& numbers) {
  const auto width = static_cast<std::size_t>(bytes_of(type));
  bytes all(numbers.size() * width);
  for (std::size_t i = 0; i < numbers.size(); ++i) encode(type, numbers[i], &all[i * width]);
  return all;
}
real error(dtype type, const char* computed, real exact) {
  if (std::isnan(exact)) return std::isnan(decoded(type, computed)) ? 0 : INFINITY;
  return with(type, [&]<class T>(T) { return error<T>(read<T>(computed), exact); });
}
real spacing(dtype type, real exact) {
  return with(type, [&]<class T>(T) { return spacing<T>(exact); });
}

bool same_numbers(dtype type, const bytes& a, const bytes& b) {
  if (a.size() != b.size()) return false;
  const auto width = static_cast<std::size_t>(bytes_of(type));
  for (std::size_t i = 0; i < a.size(); i += width) {
    if (std::memcmp(&a[i], &b[i], width) == 0) continue;
    if (!std::isnan(decoded(type, &a[i])) || !std::isnan(decoded(type, &b[i]))) return false;
  }
  return true;
}

std::vector<double> many_numbers(dtype type, int count) {
  std::vector<double> all;
  if (bytes_of(type) == 2) {
    for (int i = 0; i < 65536; ++i) {
      const auto bits = static_cast<std::uint16_t>(i);
      all.push_back(decoded(type, reinterpret_cast<const char*>(&bits)));
    }
    return all;
  }
  random_source random(11);
  char x[8];
  for (int i = 0; i < count; ++i) {
    encode(type, random.number(type), x);
    all.push_back(decoded(type, x));
  }
  return all;
}

double random_source::number(dtype type) {
  constexpr double special[] = {0, -0., INFINITY, -INFINITY, NAN, 1, -1, 2, -2, .5, -.5, 20, -20};
  const int least = with(type, []<class T>(T) { return format<T>::least; });
  switch (between(0, 7)) {
    case 0: {
      const std::uint64_t bits = generator();
      return decoded(type, reinterpret_cast<const char*>(&bits));
    }
    case 1:
      return uniform(-5, 5);
    case 2:
      return uniform(-130, 20);
    case 3:
      return uniform(-3, 0);
    case 4:
      return (once_in(2) ? 1 : -1) * std::exp2(uniform(least, 10));
    case 5:
      return uniform(-40, 3);
    case 6:
      return uniform(-750, 750);
    default:
      return once_in(4) ? special[between(0, std::size(special) - 1)] : uniform(-1.5, -.6);
  }
}

}  // namespace emulator
