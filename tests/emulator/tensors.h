#pragma once
/// Tensors in the emulated memory, of which the elements and nothing else may be touched.
#include "memory.h"
#include "numbers.h"

namespace emulator {

using sizes = std::vector<std::int64_t>;

/// Strides in bytes.
struct tensor {
  char* data = nullptr;
  sizes stride;
};

std::int64_t count_of(const sizes&);
std::string text(const sizes&);

/// Calls visit(index) for every element; dimension 0 is the fastest.
void for_elements(const sizes& size, const std::function<void(const sizes& index)>& visit);
char* at(const tensor&, const sizes& index);

/// Memory for a tensor. `what`: permissions of its elements.
tensor place(const std::string& name, const sizes& size, const sizes& stride, int element,
             int misalignment, int what);
/// Changes the permissions of its elements.
void permit(const tensor&, const sizes& size, int element, int what);
/// The elements, in order; and back.
bytes gathered(const tensor&, const sizes& size, int element);
void scatter(const bytes&, const tensor&, const sizes& size, int element);

sizes dense_strides(const sizes& size, int element);
/// Dimensions in any order in memory, with gaps here and there; some with stride 0 if `expanded`.
sizes any_strides(random_source&, const sizes& size, int element, bool expanded);

/// As the torch layer hands tensors to kernels: dimensions of size 1 are dropped, the others sorted
/// by the strides of the first tensor and merged where all tensors allow it, except with the
/// dimension `apart`, whose new place is returned, or −1.
int coalesce(sizes& size, const std::vector<sizes*>& strides, int apart = -1);

}  // namespace emulator
