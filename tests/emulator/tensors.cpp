#include "tensors.h"

#include <algorithm>
#include <numeric>

namespace emulator {

std::int64_t count_of(const sizes& size) {
  return std::accumulate(size.begin(), size.end(), std::int64_t{1}, std::multiplies<>());
}

std::string text(const sizes& list) {
  std::string s = "[";
  for (const std::int64_t n : list) s += (s.size() > 1 ? " " : "") + std::to_string(n);
  return s + "]";
}

void for_elements(const sizes& size, const std::function<void(const sizes&)>& visit) {
  sizes index(size.size());
  for (std::int64_t left = count_of(size); left > 0; --left) {
    visit(index);
    for (std::size_t d = 0; d < size.size() && ++index[d] == size[d]; ++d) index[d] = 0;
  }
}

char* at(const tensor& t, const sizes& index) {
  char* p = t.data;
  for (std::size_t d = 0; d < index.size(); ++d) p += index[d] * t.stride[d];
  return p;
}

tensor place(const std::string& name, const sizes& size, const sizes& stride, int element,
             int misalignment, int what) {
  std::int64_t low = 0, high = element;
  for (std::size_t d = 0; d < size.size(); ++d) {
    (stride[d] < 0 ? low : high) += std::max<std::int64_t>(0, size[d] - 1) * stride[d];
  }
  if (count_of(size) == 0) low = high = 0;
  const tensor t{memory::allocate(name, high - low, misalignment) - low, stride};
  permit(t, size, element, what);
  return t;
}

void permit(const tensor& t, const sizes& size, int element, int what) {
  for_elements(size, [&](const sizes& index) { memory::permit(at(t, index), element, what); });
}

bytes gathered(const tensor& t, const sizes& size, int element) {
  bytes all;
  all.reserve(static_cast<std::size_t>(count_of(size) * element));
  for_elements(size, [&](const sizes& index) {
    const char* from = at(t, index);
    all.insert(all.end(), from, from + element);
  });
  return all;
}
void scatter(const bytes& all, const tensor& t, const sizes& size, int element) {
  const char* from = all.data();
  for_elements(size, [&](const sizes& index) {
    std::copy(from, from + element, at(t, index));
    from += element;
  });
}

sizes dense_strides(const sizes& size, int element) {
  sizes stride;
  std::int64_t next = element;
  for (const std::int64_t n : size) {
    stride.push_back(next);
    next *= n;
  }
  return stride;
}

sizes any_strides(random_source& random, const sizes& size, int element, bool expanded) {
  std::vector<std::size_t> order(size.size());
  std::iota(order.begin(), order.end(), 0);
  if (random.once_in(2)) std::shuffle(order.begin(), order.end(), random.generator);
  sizes stride(size.size());
  std::int64_t next = element * (random.once_in(4) ? random.between(2, 3) : 1);
  for (const std::size_t d : order) {
    if (expanded && random.once_in(3)) continue;
    stride[d] = next;
    next *= size[d];
    if (random.once_in(2)) next = (next + 15) / 16 * 16;  // rows that begin where vectors do
    if (random.once_in(4)) next += element * random.between(1, 9);
  }
  return stride;
}

int coalesce(sizes& size, const std::vector<sizes*>& strides, int apart) {
  std::vector<std::size_t> order;
  for (std::size_t d = size.size(); d-- > 0;) {
    if (size[d] != 1) order.push_back(d);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return (*strides[0])[a] < (*strides[0])[b];
  });
  sizes merged;
  std::vector<sizes> now(strides.size());
  int place = -1;
  bool last_is_apart = true;
  for (const std::size_t d : order) {
    bool continues = !last_is_apart && static_cast<int>(d) != apart;
    for (std::size_t t = 0; t < strides.size() && continues; ++t) {
      continues = (*strides[t])[d] == now[t].back() * merged.back();
    }
    if (continues) {
      merged.back() *= size[d];
      continue;
    }
    last_is_apart = static_cast<int>(d) == apart;
    if (last_is_apart) place = static_cast<int>(merged.size());
    merged.push_back(size[d]);
    for (std::size_t t = 0; t < strides.size(); ++t) now[t].push_back((*strides[t])[d]);
  }
  size = merged;
  for (std::size_t t = 0; t < strides.size(); ++t) *strides[t] = now[t];
  return place;
}

}  // namespace emulator
