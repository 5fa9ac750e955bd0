#include "sim/load/quantiles.hpp"

#include <algorithm>
#include <cmath>

namespace sim::load {

void Quantiles::sort() const {
    if (sorted_ == count()) {
        return;
    }
    std::sort(took_.begin(), took_.end());
    std::sort(waited_.begin(), waited_.end());
    at_least_ = took_;
    at_least_.insert(at_least_.end(), waited_.begin(), waited_.end());
    std::sort(at_least_.begin(), at_least_.end());
    sorted_ = count();
}

const std::vector<Micros>& Quantiles::sorted() const {
    sort();
    return took_;
}

Micros Quantiles::oldest_unfinished() const {
    return waited_.empty() ? Micros{0} : *std::max_element(waited_.begin(), waited_.end());
}

Quantile Quantiles::at(double share) const {
    if (count() == 0) {
        return {};
    }
    sort();
    const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count()));
    const std::size_t rank = std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, count()) - 1;
    if (rank < took_.size()) {
        return {took_[rank], false};
    }
    return {at_least_[rank], true};
}

Micros Quantiles::mean() const {
    if (took_.empty()) {
        return Micros{0};
    }
    double sum = 0;
    for (const Micros each : took_) {
        sum += static_cast<double>(each.count());
    }
    return Micros{static_cast<std::int64_t>(sum / static_cast<double>(took_.size()))};
}

}  // namespace sim::load
