#include "sim/lab/cli.hpp"

int main(int argc, char** argv) {
    return sim::lab::command_line(argc, argv);
}
