#include "made_up.h"

#include <algorithm>

namespace emulator {
namespace {

/// From offsets to places.
class map_of_tensor {
 public:
  map_of_tensor(const sizes& size, const sizes& stride, int element) : element_(element) {
    const sizes factor = dense_strides(size, 1);
    for (std::size_t d = 0; d < size.size(); ++d) dims_.push_back({stride[d], size[d], factor[d]});
    std::sort(dims_.begin(), dims_.end(), [](auto& a, auto& b) { return a.stride > b.stride; });
  }
  /// Calls use(byte, place) for each of the elements there. False: it is not all elements.
  bool visit(std::int64_t offset, int bytes, const auto& use) const {
    std::int64_t at = -1, run = 0;  // elements that follow each other
    for (int k = 0; k < bytes; k += element_, ++at, --run) {
      if (run <= 0) at = place(offset + k, run);
      if (at < 0) return false;
      use(k, at);
    }
    return bytes >= element_;
  }
  std::int64_t bytes_in_all() const {
    std::int64_t end = element_;
    for (const dim& d : dims_) end += (d.size - 1) * d.stride;
    return end;
  }

 private:
  struct dim {
    std::int64_t stride, size, factor;
  };
  /// −1 between elements. Behind it come `run` − 1 others with the next places.
  std::int64_t place(std::int64_t offset, std::int64_t& run) const {
    std::int64_t at = 0;
    for (const dim& d : dims_) {
      const std::int64_t n = std::min(offset / d.stride, d.size - 1);
      offset -= n * d.stride;
      at += n * d.factor;
      run = d.stride == element_ && d.factor == 1 ? d.size - n : 1;
    }
    return offset == 0 ? at : -1;
  }

  int element_;
  std::vector<dim> dims_;  // the longest strides first
};

}  // namespace

tensor made_up_input(const std::string& name, const sizes& size, const sizes& stride, int element,
                     number_at number) {
  const map_of_tensor map(size, stride, element);
  const auto read = [=](std::int64_t offset, int count, char* to) {
    const bool inside = map.visit(offset, count, [&](int k, std::int64_t place) {
      std::copy_n(number(place), element, to + k);
    });
    return inside ? nullptr : "read between elements";
  };
  return {memory::imagine({name, map.bytes_in_all(), read, nullptr}), stride};
}

tensor made_up_output(const std::string& name, const sizes& size, const sizes& stride, int element,
                      number_at expected) {
  const map_of_tensor map(size, stride, element);
  const auto written = [=](std::int64_t offset, int count, const char* from) {
    bool same = true;
    const bool inside = map.visit(offset, count, [&](int k, std::int64_t place) {
      same = same && std::equal(from + k, from + k + element, expected(place));
    });
    return !inside ? "write between elements" : same ? nullptr : "a wrong result";
  };
  return {memory::imagine({name, map.bytes_in_all(), nullptr, written}), stride};
}

void visit_some(std::uint32_t blocks, const std::function<void(std::uint32_t)>& run) {
  std::vector<std::uint32_t> all{0, static_cast<std::uint32_t>(blocks * .67), blocks - 1};
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const std::uint32_t nth : all) run(nth);
}

}  // namespace emulator
