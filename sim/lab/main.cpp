#include "sim/lab/cli.hpp"
#include "sim/load/stage/command.hpp"
#include "sim/soak/command.hpp"

int main(int argc, char** argv) {
    return sim::lab::command_line(argc, argv, {{"load", sim::load::stage::add_load}, {"soak", sim::soak::add_soak}});
}
