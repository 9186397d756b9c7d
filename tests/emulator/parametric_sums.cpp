// The gradient of a weight: the sum, in long double, of what the formula says.
#include <gtest/gtest.h>

#include "parametric.h"

namespace emulator {

using nonlin::pass;

/// Inputs come in the order of roles: outputs, self, grad_output, then those of a double backward,
/// and the weight last.
std::function<void(const arrangement&, const std::vector<bytes>&, const std::vector<bytes>&)>
sums_of(const parametric_subject& s, pass which, dtype type) {
  return [&s, which, type](const arrangement& a, const std::vector<bytes>& inputs,
                           const std::vector<bytes>& outputs) {
    const bool second = which == pass::double_backward;
    const std::size_t sums = second ? 2 : 1, self = sums + 1,
                      width = static_cast<std::size_t>(bytes_of(type));
    const auto number = [&](std::size_t role, std::size_t at) -> real {
      return inputs[role].empty() ? 0 : decoded(type, &inputs[role][at * width]);
    };
    const std::size_t channels = outputs[sums].size() / width;
    std::vector<real> sum(channels), allowed(channels);
    std::vector<bool> integers(channels, true);
    // Terms are products of derivatives in a lane's precision, of which some are added there.
    constexpr real lanes_error[] = {0x1p-48L, 0x1p-19L, 0x1p-17L, 0x1p-14L};
    std::size_t n = 0;
    for_elements(a.size, [&](const sizes& index) {
      const auto c = a.channel < 0 ? 0 : static_cast<std::size_t>(index[a.channel]);
      const real x = number(self, n), g = number(self + 1, n), w = number(inputs.size() - 1, c);
      const auto jet = s.exactly(x, w), slack = s.slack[static_cast<int>(type)](x, w);
      const auto add = [&](real factor, int member) {
        const real term = factor * jet[member];
        sum[c] += term;
        integers[c] = integers[c] && rintl(term) == term;
        allowed[c] +=
            fabsl(term) * lanes_error[static_cast<int>(type)] + fabsl(factor) * slack[member];
      };
      if (second) {
        add(g * number(self + 2, n), 4);
        add(g * number(self + 3, c), 5);
      } else {
        add(g, 2);
      }
      ++n;
    });
    for (std::size_t c = 0; c < channels; ++c) {
      const char* found = &outputs[sums][c * width];
      bytes nearest(width);
      encode(type, sum[c], nearest.data());
      const real off = fabsl(decoded(type, found) - sum[c]);
      const bool right =  // also where the type has no such number, but infinity
          decoded(type, found) == decoded(type, nearest.data()) ||
          (!integers[c] && off <= allowed[c] + .51L * spacing(type, sum[c]));
      EXPECT_TRUE(right) << s.name << ", " << name_of(type) << ", sizes " << text(a.size)
                         << ": the gradient of weight " << c << " is " << decoded(type, found)
                         << ", exactly " << static_cast<double>(sum[c]) << ", allowed "
                         << static_cast<double>(allowed[c]);
      if (!right) return;
    }
  };
}

}  // namespace emulator
