"""SBML and Antimony to a model: the document as libSBML has it, then what it means."""
